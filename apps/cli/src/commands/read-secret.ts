import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { InvalidInput, messageOf } from '@sluice/kernel';

/**
 * What a file holds, without white space around it; `-` is standard input. Never as an argument: other users of the machine see those.
 * @throws InvalidInput that names the file, when it cannot be read or has nothing in it
 */
export async function readSecret(file: string): Promise<string> {
  const secret = (await read(file)).trim();
  if (secret === '') throw new InvalidInput(`${file === '-' ? 'standard input' : file} is empty: there is no secret in it`);
  return secret;
}

async function read(file: string): Promise<string> {
  try {
    return file === '-' ? await text(process.stdin) : await readFile(file, 'utf8');
  } catch (error) {
    throw new InvalidInput(`the secret cannot be read: ${messageOf(error)}`, { cause: error });
  }
}
