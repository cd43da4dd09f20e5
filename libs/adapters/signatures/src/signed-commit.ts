/** A commit's text as it was signed, and the signature; none: it is not signed. */
export interface SignedCommit {
  readonly payload: Buffer;
  readonly signature?: string;
}

const HEADERS = ['gpgsig', 'gpgsig-sha256'];

/**
 * Takes a commit apart as git does: the signature stands in a header, its further lines begin with a space, and the signed text is the commit without any such header. Undefined when there is more than
 * one signature: nobody could tell which of them counts.
 */
export function readSignedCommit(raw: Uint8Array): SignedCommit | undefined {
  const text = Buffer.from(raw).toString('latin1');
  const end = text.indexOf('\n\n');
  const lines = (end < 0 ? text : text.slice(0, end)).split('\n');
  const rest = end < 0 ? '' : text.slice(end);
  const kept: string[] = [];
  const signatures: string[][] = [];
  let inSignature = false;
  for (const line of lines) {
    if (line.startsWith(' ')) {
      if (inSignature) signatures.at(-1)?.push(line.slice(1));
      else kept.push(line);
      continue;
    }
    inSignature = HEADERS.some((header) => line.startsWith(`${header} `));
    if (inSignature) signatures.push([line.slice(line.indexOf(' ') + 1)]);
    else kept.push(line);
  }
  if (signatures.length > 1) return undefined;
  const payload = Buffer.from(`${kept.join('\n')}${rest}`, 'latin1');
  return { payload, ...(signatures[0] && { signature: `${signatures[0].join('\n')}\n` }) };
}
