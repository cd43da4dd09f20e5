import { connect } from 'node:net';
import { Unavailable, messageOf } from '@sluice/kernel';
import type { UpOptions } from './options.js';

const ANSWER_WITHIN = 5_000;
/** A greeting that each server answers to whoever asks, before any login. */
const POSTGRES = { name: 'PostgreSQL', option: '--database', port: 5_432, greeting: Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]), isIt: (answer: string) => /^[SNE]/.test(answer) };
const REDIS = { name: 'Redis', option: '--redis', port: 6_379, greeting: Buffer.from('PING\r\n'), isIt: (answer: string) => /^(\+PONG|-)/.test(answer) };
type Service = typeof POSTGRES;

/** Makes sure that both services answer at their addresses, before anything is started. @throws Unavailable naming the option and the address, without a password. */
export async function checkServices({ backing }: Pick<UpOptions, 'backing'>): Promise<void> {
  if (!backing) return;
  await Promise.all([checkAddress(REDIS, backing.redis), checkAddress(POSTGRES, backing.database)]);
}

async function checkAddress(service: Service, text: string): Promise<void> {
  const { protocol, hostname, port, searchParams } = new URL(text);
  // a socket in a folder, as `?host=/run/postgresql` names it
  if (hostname === '' || searchParams.get('host')?.startsWith('/')) return;
  const address = { host: decodeURIComponent(hostname.replace(/^\[(.*)\]$/, '$1')), port: port === '' ? service.port : Number(port) };
  const at = `${hostname}:${address.port}`;
  try {
    // behind TLS nothing is said before the handshake: there it is enough that somebody listens
    const answer = await ask(address, protocol === 'rediss:' ? undefined : service.greeting);
    if (answer === undefined || service.isIt(answer)) return;
  } catch (error) {
    throw new Unavailable(`${service.option}: nothing answers at ${at} (${messageOf(error)}): start it first, or correct the address`, { cause: error });
  }
  throw new Unavailable(`${service.option}: what answers at ${at} is not ${service.name}: correct the address`);
}

/** The first that comes back; undefined when nothing was asked. */
function ask(address: { readonly host: string; readonly port: number }, greeting: Buffer | undefined): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...address, timeout: ANSWER_WITHIN }, () => {
      if (greeting) socket.write(greeting);
      else settle(undefined);
    });
    const settle = (answer: string | undefined): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('data', (answer) => settle(answer.toString('latin1')));
    socket.once('end', () => settle(''));
    socket.once('timeout', () => socket.destroy(new Error('no answer in time')));
    socket.once('error', reject);
  });
}
