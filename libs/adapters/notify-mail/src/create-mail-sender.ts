import { printableLine } from '@sluice/kernel';
import { messageId, messageText, messageTitle, type Message } from '@sluice/notify';
import { assertOutsideTransaction } from '@sluice/runtime';
import type { Delivered, MailSender } from '@sluice/usecases';
import { createTransport } from 'nodemailer';
import { z } from 'zod';
import { mailHtml } from './mail-html.js';

/** A mail server, and in whose name mail is sent. */
export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** `implicit`: from the first byte. `required`: STARTTLS, or nothing is sent. `if-offered`: STARTTLS where the server has it. `never`: in the clear. */
  readonly tls: 'implicit' | 'required' | 'if-offered' | 'never';
  readonly auth?: { readonly user: string; readonly password: string };
  readonly from: string;
  /** A certificate authority beside the system's (PEM). */
  readonly ca?: string;
  /** Milliseconds for one message. Default: 30 s. */
  readonly deadline?: number;
}

const DEADLINE = 30_000;
/** Milliseconds for the other side's goodbye. */
const HANG_UP = 1_000;
const MAX_ANSWER = 200;

/** Sends messages by SMTP, one connection a message. @see docs/notifications.md for what counts as temporary. */
export function createMailSender(server: MailServer, { publicUrl }: { readonly publicUrl: string }): MailSender {
  const deadline = server.deadline ?? DEADLINE;
  const transport = createTransport({
    host: server.host,
    port: server.port,
    secure: server.tls === 'implicit',
    requireTLS: server.tls === 'required',
    ignoreTLS: server.tls === 'never',
    tls: { minVersion: 'TLSv1.2', ...(server.ca !== undefined && { ca: server.ca }) },
    ...(server.auth && { auth: { user: server.auth.user, pass: server.auth.password } }),
    connectionTimeout: deadline,
    greetingTimeout: deadline,
    socketTimeout: deadline,
    socketCloseTimeout: HANG_UP,
    // a message is text that we made; nothing in it names a file or an address to fetch
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send(address, message) {
      assertOutsideTransaction('mail');
      try {
        await within(deadline, (signal) => transport.sendMail({ ...mailOf(address, message, { from: server.from, host: new URL(publicUrl).hostname }), signal }));
        return { kind: 'sent' };
      } catch (error) {
        return outcomeOf(error, server);
      }
    },
  };
}

/** The same `Message-ID` whenever it is sent: mail programs know by it what they have. */
function mailOf(address: string, message: Message, { from, host }: { readonly from: string; readonly host: string }) {
  return {
    from,
    to: { name: '', address },
    envelope: { from, to: [address] },
    subject: messageTitle(message),
    text: messageText(message),
    html: mailHtml(message),
    // short enough for one line, which not every mail program can do without
    messageId: `<${messageId(message).slice(0, 32)}@${host}>`,
    // RFC 3834: nobody's holiday answers it
    headers: { 'Auto-Submitted': 'auto-generated' },
  };
}

const zFailure = z.object({ code: z.string().optional().catch(undefined), responseCode: z.number().optional().catch(undefined), response: z.string().optional().catch(undefined), message: z.string().catch('') });

/** RFC 5321: 4yz may work later, 5yz will not. What is wrong with our own access is put right by an admin: that is tried again. */
function outcomeOf(error: unknown, { host, port }: MailServer): Delivered {
  const { code, responseCode, response, message } = zFailure.catch({ message: '' }).parse(error);
  const where = `the mail server ${host}:${port}`;
  // an answer to a sign-in could quote what was sent
  if (code === 'EAUTH') return { kind: 'temporary', message: `${where} refuses the user or the password: look at SLUICE_SMTP_URL` };
  if (responseCode === undefined) return { kind: 'temporary', message: `${where} cannot be used: ${printableLine(message, MAX_ANSWER)}` };
  const said = `${where} answers ${responseCode}${response === undefined ? '' : ` (${printableLine(response, MAX_ANSWER)})`}`;
  const isAboutMessage = code === 'EENVELOPE' || code === 'EMESSAGE';
  return { kind: isAboutMessage && responseCode >= 500 ? 'permanent' : 'temporary', message: said };
}

/** The whole of it, also with a server that sends a byte now and then: it does not hold up everybody else's, is hung up on, and is not given the message when we have said already that it has not got it. */
async function within<T>(deadline: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const ending = new AbortController();
  const timer = setTimeout(() => ending.abort(), deadline);
  try {
    return await work(ending.signal);
  } catch (error) {
    throw ending.signal.aborted ? new Error(`it has not taken it within ${deadline / 1_000} s`, { cause: error }) : error;
  } finally {
    clearTimeout(timer);
  }
}
