// The programs that tests run against, and whether they are here. As a program it prints them: Nx takes that as an input of the tests.
import { accessSync, constants, readFileSync, readdirSync, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const LIST = new URL('../debian-packages.json', import.meta.url);

/** @returns {{ package: string, program: string, folder?: string, for: string, present: boolean }[]} */
export function services() {
  return JSON.parse(readFileSync(LIST, 'utf8')).map((service) => ({ ...service, present: isPresent(service) }));
}

/** Whether a program is on the PATH, or in `folder`. A package may conflict with another one that brings the same program, so what counts is the program. */
export function isPresent({ program, folder }) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...(folder ? expand(folder) : [])];
  return folders.some((one) => one !== '' && isExecutable(join(one, program)));
}

function expand(folder) {
  const [before, after] = folder.split('/*');
  try {
    return readdirSync(before).map((name) => join(before, name, after));
  } catch {
    return [];
  }
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  for (const { program, present } of services()) console.log(`${program}: ${present ? 'present' : 'missing'}`);
}
