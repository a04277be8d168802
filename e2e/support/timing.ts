// How long the service took, whatever the browser and the machine did besides.
import type { Response } from '@playwright/test';

/** Milliseconds from the moment in which the browser asked to the first byte of the answer. */
export function answeredIn(answer: Response): number {
  const { responseStart } = answer.request().timing();
  if (responseStart < 0) throw new Error(`the browser did not time ${answer.url()}`);
  return responseStart;
}
