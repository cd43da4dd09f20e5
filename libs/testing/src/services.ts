import { accessSync, constants, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const DEBIAN_POSTGRES = '/usr/lib/postgresql';

/** The folder of PostgreSQL's programs (newest version first), or undefined when it is not installed. */
export function postgresPrograms(): string | undefined {
  return [...searchPath(), ...debianFolders()].find((folder) => isProgram(join(folder, 'postgres')) && isProgram(join(folder, 'initdb')));
}

/** The path of `redis-server`, or undefined when it is not installed. */
export function redisProgram(): string | undefined {
  return programOnPath('redis-server');
}

/** The path of the first of these programs that is on the PATH, or undefined when none is. */
export function programOnPath(...names: readonly string[]): string | undefined {
  return names.flatMap((name) => searchPath().map((folder) => join(folder, name))).find(isProgram);
}

/** What is not installed of the services that the second combination runs on; empty: all is there. */
export function missingServices(): readonly string[] {
  return [...(postgresPrograms() ? [] : ['PostgreSQL (postgres, initdb)']), ...(redisProgram() ? [] : ['Redis (redis-server)'])];
}

/** Whether suites can run on PostgreSQL and Redis here. */
export function servicesAvailable(): boolean {
  return missingServices().length === 0;
}

function searchPath(): readonly string[] {
  return (process.env['PATH'] ?? '').split(delimiter).filter(Boolean);
}

function debianFolders(): readonly string[] {
  try {
    const versions = readdirSync(DEBIAN_POSTGRES).filter((name) => /^\d+$/.test(name));
    return versions.sort((a, b) => Number(b) - Number(a)).map((version) => join(DEBIAN_POSTGRES, version, 'bin'));
  } catch {
    return [];
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
