import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export interface Letter {
  readonly from: string;
  readonly to: readonly string[];
  /** As it came. */
  readonly source: string;
  readonly encrypted: boolean;
  readonly user?: string;
}

/** A real SMTP server on this machine. */
export interface SmtpServer {
  readonly port: number;
  readonly letters: Letter[];
  close(): Promise<void>;
}

export async function startSmtp(options: SMTPServerOptions = {}): Promise<SmtpServer> {
  const letters: Letter[] = [];
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    logger: false,
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        letters.push({ from: mailFrom === false ? '' : mailFrom.address, to: rcptTo.map(({ address }) => address), source: Buffer.concat(chunks).toString(), encrypted: session.secure, ...(typeof session.user === 'string' && { user: session.user }) });
        done();
      });
    },
    ...options,
  });
  // a client that goes away in the middle is no fault of the test
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.server.address() as AddressInfo).port, letters, close: () => new Promise((resolve) => server.close(resolve)) };
}

/** What a server says when it refuses. */
export function refusal(code: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode: code });
}
