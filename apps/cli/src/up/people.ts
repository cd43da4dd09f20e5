import { execFile } from 'node:child_process';
import { userInfo } from 'node:os';
import { isName, isOwnName, printableLine } from '@sluice/kernel';
import { z } from 'zod';
import { examplePeople } from './example.js';
import type { UpOptions } from './options.js';

/** Somebody whom the first start makes. */
export const LOCAL_PERSON = z.object({ name: z.string(), displayName: z.string(), emails: z.array(z.string()), groups: z.array(z.string()), admin: z.boolean() });
export type LocalPerson = z.output<typeof LOCAL_PERSON>;

/** Where git and the operating system know this user from. */
type Environment = Readonly<Record<string, string | undefined>>;

/** Who is made at the first start: the people of the example, or else whoever starts it. */
export async function firstPeople(options: Pick<UpOptions, 'example' | 'person'>, environment: Environment = process.env): Promise<readonly LocalPerson[]> {
  const email = await ownEmail(environment);
  if (!options.example) return [await operator(options.person, email, environment)];
  const people = await examplePeople();
  // the developer's commits are also those of this user
  return people.map(({ role, ...person }) => (email !== undefined && role === 'changes' && !person.emails.includes(email) ? { ...person, emails: [...person.emails, email] } : person));
}

async function operator(wanted: string | undefined, email: string | undefined, environment: Environment): Promise<LocalPerson> {
  const name = wanted ?? nameOf(userName());
  const displayName = wanted ?? (printableLine(await fromGit('user.name', environment), 100).trim() || name);
  return { name, displayName, emails: email === undefined ? [] : [email], groups: [], admin: true };
}

async function ownEmail(environment: Environment): Promise<string | undefined> {
  const parsed = z.email().safeParse(await fromGit('user.email', environment));
  return parsed.success ? parsed.data : undefined;
}

/** From the user's own configuration; empty when it is not there. */
function fromGit(key: string, environment: Environment): Promise<string> {
  return new Promise((done) => execFile('git', ['config', '--global', key], { timeout: 5_000, env: { ...environment } }, (error, stdout) => done(error ? '' : stdout.trim())));
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // a container may run as a number that has no name
    return '';
  }
}

function nameOf(user: string): string {
  const name = user.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 63).replace(/-+$/, '');
  return isName(name) && !isOwnName(name) ? name : 'admin';
}
