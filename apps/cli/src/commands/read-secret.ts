import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { InvalidInput, messageOf } from '@sluice/kernel';

/** What a file holds; `-` is standard input. Never as an argument: other users of the machine see those. */
export async function readSecret(file: string): Promise<string> {
  try {
    return file === '-' ? await text(process.stdin) : await readFile(file, 'utf8');
  } catch (error) {
    throw new InvalidInput(`the secret cannot be read: ${messageOf(error)}`);
  }
}
