/** One entry of a tree object. */
export interface TreeItem {
  /** Canonical: `40000` is a folder, `160000` a submodule, `120000` a link, `100644` and `100755` are files. */
  readonly mode: string;
  /** In UTF-8, bytes that are none come as `\ufffd`; in `latin1` every byte is a character, and nothing is lost. */
  readonly name: string;
  readonly sha: string;
}

const SPACE = 0x20;

/** Takes apart the content of a tree object. `hashBytes`: 20, or 32 in a SHA-256 repository. @throws Error when it is malformed. */
export function parseTree(bytes: Buffer, hashBytes = 20, names: 'utf8' | 'latin1' = 'utf8'): TreeItem[] {
  const items: TreeItem[] = [];
  let at = 0;
  while (at < bytes.length) {
    const space = bytes.indexOf(SPACE, at);
    const nul = bytes.indexOf(0, space);
    const end = nul + 1 + hashBytes;
    if (space < 0 || nul < 0 || end > bytes.length) throw new Error('malformed tree object');
    items.push({ mode: canonicalMode(bytes.toString('latin1', at, space)), name: bytes.toString(names, space + 1, nul), sha: bytes.toString('hex', nul + 1, end) });
    at = end;
  }
  return items;
}

/** Old tools wrote leading zeros and permissions like `100664`; git reads them like this. */
function canonicalMode(mode: string): string {
  const bits = Number.parseInt(mode, 8);
  if ((bits & 0o170000) !== 0o100000) return bits.toString(8);
  return (bits & 0o100) === 0 ? '100644' : '100755';
}

/** The content of a tree object from entries in any order, their names in `latin1`. */
export function formatTree(items: readonly TreeItem[]): Buffer {
  // git compares bytes, and folders as if their names ended with a slash
  const keyed = items.map((item) => ({ item, key: item.mode === '40000' ? `${item.name}/` : item.name }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : 1));
  return Buffer.concat(keyed.flatMap(({ item }) => [Buffer.from(`${item.mode} ${item.name}\0`, 'latin1'), Buffer.from(item.sha, 'hex')]));
}
