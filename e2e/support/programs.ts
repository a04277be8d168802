// Programs that belong to a test worker and never outlive it.
import { spawn } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';

// Ends the program when the worker closes the pipe, which the system does for it even if it is killed.
const KEEPER = `
exec 3<&0
"$@" </dev/null 3<&- &
program=$!
( cat <&3 >/dev/null; kill -s TERM "$program" 2>/dev/null ) &
wait "$program"
`;

export interface Program {
  /** All that it wrote so far, on both streams. */
  log(): string;
  /** Tells it to stop and returns its exit code. */
  stop(): Promise<number | null>;
}

/** Runs a program and returns when it has written `ready`, or when `isReady` says so. */
export async function start(
  command: string[],
  options: { env?: Record<string, string>; ready: string | (() => Promise<boolean>) },
): Promise<Program> {
  const keeper = spawn('/bin/sh', ['-c', KEEPER, 'keeper', ...command], {
    env: { ...process.env, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  let written = '';
  keeper.stdout.on('data', (bytes) => (written += bytes));
  keeper.stderr.on('data', (bytes) => (written += bytes));
  const ended = new Promise<number | null>((resolve) => keeper.on('close', (code) => resolve(code)));
  let running = true;
  void ended.then(() => (running = false));

  const { ready } = options;
  const isReady = typeof ready === 'string' ? async () => written.includes(ready) : ready;
  const until = Date.now() + 60_000;
  while (!(await isReady())) {
    if (!running || Date.now() > until) {
      keeper.stdin.end();
      throw new Error(`${command.join(' ')} does not start:\n${written}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    log: () => written,
    stop: () => {
      keeper.stdin.end();
      return ended;
    },
  };
}

/** A port on loopback that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
