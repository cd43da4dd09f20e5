import { open, readFile } from 'node:fs/promises';
import { ChainCheck, canonicalJson, type SignedHead, type VerifySignature } from '@sluice/audit';
import { auditExportEnd, auditExportLine, auditExportStart, signedHead, type AuditExportStart, type AuditVerdictDto } from '@sluice/contracts';
import { InvalidInput, messageOf } from '@sluice/kernel';
import { isSignedBy, signingKeyName } from '@sluice/runtime';

export interface FileCheck {
  readonly file: string;
  /** Heads that were kept elsewhere: JSON, one a line. */
  readonly headFiles: readonly string[];
  /** Public keys that are trusted, in PEM; without any, those that the export itself names. */
  readonly keyFiles: readonly string[];
}

/** Checks an export with nothing but the file, and what is known of the server's keys and heads. @throws InvalidInput when it is no export. */
export async function verifyFile({ file, headFiles, keyFiles }: FileCheck): Promise<AuditVerdictDto> {
  const handle = await open(file).catch((cause: unknown) => unreadable(file, cause));
  try {
    return await verifyLines(handle.readLines()[Symbol.asyncIterator](), { file, headFiles, keyFiles });
  } finally {
    await handle.close();
  }
}

async function verifyLines(lines: Lines, { file, headFiles, keyFiles }: FileCheck): Promise<AuditVerdictDto> {
  const start = startOf(file, String((await lines.next()).value ?? ''));
  const heads = uniqueHeads([...start.heads, ...(start.checkpoint ? [start.checkpoint] : []), ...(await Promise.all(headFiles.map(readHeads))).flat()]);
  const keys = keyFiles.length > 0 ? await readKeys(keyFiles) : new Map(Object.entries(start.keys));
  const check = new ChainCheck({ start: start.start, heads, verify: verifierOf(keys) });
  const notes = keyFiles.length > 0 ? [] : ['the keys are those that the file names itself: give the server’s public key with --key'];
  checkStart(check, start);
  await followFile({ file, lines, check });
  check.finish();
  const { newestHead, earlier } = check;
  return { entries: check.checked, start: { sequence: start.start.sequence, hash: start.start.hash }, end: { sequence: check.end.sequence, hash: check.end.hash }, heads: heads.length, ...(newestHead && { newestHead }), earlier: [...earlier], findings: [...check.findings], more: check.more, notes };
}

/** Only a signed checkpoint says that older entries were removed rightly. */
function checkStart(check: ChainCheck, { start, checkpoint }: AuditExportStart): void {
  if (start.sequence === 0 || (checkpoint?.sequence === start.sequence && checkpoint.hash === start.hash)) return;
  check.find(start.sequence, 'gap', `it begins behind entry ${start.sequence}, and no checkpoint says why`);
}

type Lines = AsyncIterator<string>;

async function followFile({ file, lines, check }: { readonly file: string; readonly lines: Lines; readonly check: ChainCheck }): Promise<void> {
  for (;;) {
    const { value, done } = await lines.next();
    if (done === true) return check.find(check.end.sequence, 'cut', 'the file ends here, without the line that says that it is whole');
    const read = parsed(value);
    const end = auditExportEnd.safeParse(read);
    if (end.success) {
      if (end.data.end.sequence !== check.end.sequence || end.data.end.hash !== check.end.hash) check.find(check.end.sequence, 'cut', `the file says that it goes to ${end.data.end.sequence}`);
      return;
    }
    const line = auditExportLine.safeParse(read);
    if (!line.success) throw new InvalidInput(`${file}: the line behind entry ${check.end.sequence} is no entry of an audit`);
    const { entry, ...link } = line.data;
    check.take(entry === undefined ? link : { ...link, entry: canonicalJson(entry) });
  }
}

function startOf(file: string, line: string): AuditExportStart {
  const start = auditExportStart.safeParse(parsed(line));
  if (!start.success) throw new InvalidInput(`${file} is no export of an audit: \`sluice audit export\` writes one`);
  return start.data;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function readHeads(file: string): Promise<readonly SignedHead[]> {
  const lines = (await readText(file)).split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => {
    const head = signedHead.safeParse(parsed(line));
    if (!head.success) throw new InvalidInput(`${file}: this is no signed head: ${line.slice(0, 80)}`);
    return head.data;
  });
}

async function readKeys(files: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const keys = new Map<string, string>();
  for (const file of files) {
    const pem = await readText(file);
    try {
      keys.set(signingKeyName(pem), pem);
    } catch (cause) {
      throw new InvalidInput(`${file}: ${messageOf(cause)}`, { cause });
    }
  }
  return keys;
}

function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: unknown) => unreadable(file, cause));
}

function unreadable(file: string, cause: unknown): never {
  throw new InvalidInput(`${file} cannot be read: ${messageOf(cause)}`, { cause });
}

function verifierOf(keys: ReadonlyMap<string, string>): VerifySignature {
  return (name, text, signature) => {
    const key = keys.get(name);
    if (key === undefined) return 'unknown';
    return isSignedBy(key, text, signature) ? 'right' : 'wrong';
  };
}

function uniqueHeads(heads: readonly SignedHead[]): readonly SignedHead[] {
  return [...new Map(heads.map((head) => [`${head.sequence} ${head.hash} ${head.signature}`, head])).values()];
}
