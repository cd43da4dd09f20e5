/** Why a path may not be written into a tree; undefined when it may. Stricter than git: no control characters, no text that was not UTF-8, no name that some file system takes for `.git`. */
export function pathProblem(path: string): string | undefined {
  if (path === '') return 'it is empty';
  if (path.length > 4_096) return 'it is longer than 4096 characters';
  if (/[\u0000-\u001f\u007f]/.test(path)) return 'it has control characters';
  // a lone surrogate becomes a replacement character on its way through UTF-8
  if (Buffer.from(path, 'utf8').toString('utf8').includes('\ufffd')) return 'it is not valid UTF-8';
  if (path.startsWith('/')) return 'it is absolute';
  for (const segment of path.split('/')) {
    const problem = segmentProblem(segment);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

// Characters that HFS+ ignores in names (git's is_hfs_dotgit), so that `.g\u200cit` is `.git` there.
const IGNORED = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;

function segmentProblem(segment: string): string | undefined {
  if (segment === '') return 'it has an empty segment';
  if (segment === '.' || segment === '..') return `it has the segment "${segment}"`;
  const plain = segment.replace(IGNORED, '').replace(/[. ]+$/, '').toLowerCase();
  if (/^(\.git|git~1)(:.*)?$/.test(plain)) return 'a segment means ".git" on some file system';
  return undefined;
}
