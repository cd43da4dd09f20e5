import { join } from 'node:path';
import { createMirrors } from '@sluice/git';
import { Unavailable } from '@sluice/kernel';
import { FolderLocked, lockFolder, type FolderLock, type Logger } from '@sluice/runtime';
import { createUntrustedReader } from '@sluice/sandbox';
import type { RepositoryAccess } from '@sluice/usecases';
import type { Settings } from '../settings.js';
import { assemblePorts, type RepositoryReaders } from './assemble-ports.js';
import type { Ports } from './ports.js';

const PROCESSES_A_MACHINE = 64;

/** What a server runs on for real. */
export async function composePorts(settings: Settings, log: Logger): Promise<Ports> {
  const place = await takePlace(join(settings.dataFolder, 'mirrors'));
  try {
    return await assemblePorts(settings, log, (_settings, access) => openReaders(place, access));
  } catch (error) {
    await place.lock.release();
    throw error;
  }
}

interface Place {
  readonly folder: string;
  readonly lock: FolderLock;
}

function openReaders({ folder, lock }: Place, access: RepositoryAccess): RepositoryReaders {
  // the built-in forge's repositories are on this machine, reached by path
  const mirrors = createMirrors({ folder, access, allowLocal: true, lock: async () => ({ release: async () => undefined }) });
  const reader = createUntrustedReader();
  return {
    mirrors,
    reader,
    upkeep: { mirrors: () => mirrors.maintain() },
    closings: [
      { name: 'reader', close: () => reader.close() },
      { name: 'mirrors', close: () => mirrors.close() },
      { name: 'mirrors’ folder', close: () => lock.release() },
    ],
  };
}

/** Mirrors belong to one process. Several on one data folder take places of their own; one that has ended leaves its mirrors to the next. */
async function takePlace(folder: string): Promise<Place> {
  for (let number = 1; number <= PROCESSES_A_MACHINE; number++) {
    const place = join(folder, String(number));
    try {
      return { folder: place, lock: await lockFolder(place) };
    } catch (error) {
      if (!(error instanceof FolderLocked)) throw error;
    }
  }
  throw new Unavailable(`${PROCESSES_A_MACHINE} processes have their mirrors in ${folder} already`);
}
