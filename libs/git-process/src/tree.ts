/** One entry of a tree object. */
export interface TreeItem {
  /** As in git: `40000` is a folder, `160000` a submodule. */
  readonly mode: string;
  /** Bytes that are not UTF-8 come as `\ufffd`. */
  readonly name: string;
  readonly sha: string;
}

const SPACE = 0x20;

/** Takes apart the content of a tree object. `hashBytes`: 20, or 32 in a SHA-256 repository. @throws Error when it is malformed. */
export function parseTree(bytes: Buffer, hashBytes = 20): TreeItem[] {
  const items: TreeItem[] = [];
  let at = 0;
  while (at < bytes.length) {
    const space = bytes.indexOf(SPACE, at);
    const nul = bytes.indexOf(0, space);
    const end = nul + 1 + hashBytes;
    if (space < 0 || nul < 0 || end > bytes.length) throw new Error('malformed tree object');
    items.push({ mode: bytes.toString('latin1', at, space), name: bytes.toString('utf8', space + 1, nul), sha: bytes.toString('hex', nul + 1, end) });
    at = end;
  }
  return items;
}
