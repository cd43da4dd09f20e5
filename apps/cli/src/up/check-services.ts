import { connect } from 'node:net';
import { Unavailable, messageOf } from '@sluice/kernel';
import type { UpOptions } from './options.js';

const ANSWER_WITHIN = 5_000;

/** Makes sure that somebody listens at both addresses, before anything is started. @throws Unavailable naming the option and the address, without a password. */
export async function checkServices({ backing }: Pick<UpOptions, 'backing'>): Promise<void> {
  if (!backing) return;
  await Promise.all([checkAddress('--redis', backing.redis, 6_379), checkAddress('--database', backing.database, 5_432)]);
}

async function checkAddress(option: string, text: string, defaultPort: number): Promise<void> {
  const { hostname, port, searchParams } = new URL(text);
  // a socket in a folder, as `?host=/run/postgresql` names it
  if (hostname === '' || searchParams.get('host')?.startsWith('/')) return;
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  try {
    await answer(decodeURIComponent(host), port === '' ? defaultPort : Number(port));
  } catch (error) {
    throw new Unavailable(`${option}: nothing answers at ${hostname}:${port || defaultPort} (${messageOf(error)}): start it first, or correct the address`, { cause: error });
  }
}

function answer(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: ANSWER_WITHIN }, () => {
      socket.destroy();
      resolve();
    });
    socket.once('timeout', () => socket.destroy(new Error('no answer in time')));
    socket.once('error', reject);
  });
}
