import { appendFile, readFile } from 'node:fs/promises';
import { signedHead } from '@sluice/contracts';
import type { SignedHead } from '@sluice/audit';
import { Unavailable } from '@sluice/kernel';
import { auditWitnessIn, type HeadWitness, type Mirrors, type Repositories } from '@sluice/usecases';
import type { Settings } from '../settings.js';

/** Every repository, and the file that the settings name. */
export function witnessesOf({ auditSink }: Pick<Settings, 'auditSink'>, ports: { readonly repositories: Repositories; readonly mirrors: Mirrors }): () => Promise<readonly HeadWitness[]> {
  const sink = auditSink === undefined ? [] : [sinkWitness(auditSink)];
  return async () => [...sink, ...(await ports.repositories.list()).map(({ id }) => auditWitnessIn(ports.mirrors, id, readHead))];
}

/** One head a line. Mounted where only appending is possible, it cannot be changed from here at all. */
function sinkWitness(path: string): HeadWitness {
  const heads = async (): Promise<readonly SignedHead[]> => {
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw new Unavailable(error.message, { cause: error });
    });
    return text.split('\n').filter(Boolean).map(readHead);
  };
  return {
    name: path,
    heads,
    tell: async (head) => {
      if ((await heads()).some(({ signature }) => signature === head.signature)) return;
      await appendFile(path, `${JSON.stringify(head)}\n`, { mode: 0o644, flush: true }).catch((error: unknown) => {
        throw new Unavailable(error instanceof Error ? error.message : 'it cannot be written', { cause: error });
      });
    },
  };
}

/** @throws Unavailable for what is no head. */
function readHead(text: string): SignedHead {
  try {
    return signedHead.parse(JSON.parse(text));
  } catch (cause) {
    throw new Unavailable(`what is kept there is no signed head: ${text.slice(0, 80)}`, { cause });
  }
}
