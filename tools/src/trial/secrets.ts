import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What each process has written down, and whether anything secret is in it, plainly or as HTTP shows it. */
export async function secretFindings(logs: string, secrets: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const findings: string[] = [];
  for (const name of await readdir(logs)) {
    const text = await readFile(join(logs, name), 'utf8');
    for (const [whose, secret] of Object.entries(secrets)) {
      // base64 of what comes after a user name depends on how long that is: three ways
      const encoded = ['', 'x', 'xx'].map((before) => Buffer.from(`${before}${secret}`).toString('base64').slice(4, -4));
      if ([secret, ...encoded].some((form) => text.includes(form))) findings.push(`${name} has the secret of ${whose}`);
    }
  }
  return findings;
}
