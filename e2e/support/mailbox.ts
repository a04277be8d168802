// A mail server that we did not write: Debian's aiosmtpd, which files what it receives in a Maildir.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import PostalMime, { type Email } from 'postal-mime';
import { firstCode, nextFrom } from './messages.ts';
import { freePort, start, type Program } from './programs.ts';

export class Mailbox {
  /** What was read before, by the names of the files, which never change. */
  private readonly read = new Map<string, Promise<Email>>();

  private constructor(
    readonly url: string,
    private readonly arrived: string,
    private readonly program: Program,
  ) {}

  static async open(folder: string): Promise<Mailbox> {
    const port = await freePort();
    const maildir = join(folder, 'maildir');
    const program = await start(
      ['/usr/bin/python3', '-u', '-m', 'aiosmtpd', '-n', '-d', '-u', '-l', `127.0.0.1:${port}`]
        .concat(['-c', 'aiosmtpd.handlers.Mailbox', maildir]),
      { ready: 'Server is listening' },
    );
    return new Mailbox(`smtp://127.0.0.1:${port}`, join(maildir, 'new'), program);
  }

  /** The messages to an address, oldest first. */
  async to(address: string): Promise<Email[]> {
    // Python names the files `seconds.M…P…Qnumber.host`, in the order of arrival.
    const number = (name: string) => Number(/Q(\d+)/.exec(name)?.[1] ?? 0);
    const names = (await readdir(this.arrived)).sort((one, other) => number(one) - number(other));
    const emails = await Promise.all(names.map((name) => this.email(name)));
    return emails.filter((email) => email.to?.some((to) => to.address?.toLowerCase() === address.toLowerCase()));
  }

  private email(name: string): Promise<Email> {
    const email = this.read.get(name) ?? readFile(join(this.arrived, name)).then((bytes) => PostalMime.parse(bytes));
    this.read.set(name, email);
    return email;
  }

  /** Does something that sends a message to an address, and returns the message when it has arrived. */
  next(address: string, act: () => Promise<unknown>): Promise<Email> {
    return nextFrom(() => this.to(address), `an email to ${address}`, act);
  }

  /** Does something that sends a code to an address, and returns the code. */
  async code(address: string, act: () => Promise<unknown>): Promise<string> {
    const email = await this.next(address, act);
    return firstCode(email.text ?? '', `the email "${email.subject}"`);
  }

  close(): Promise<unknown> {
    return this.program.stop();
  }
}
