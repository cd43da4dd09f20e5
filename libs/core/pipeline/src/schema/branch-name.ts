// git-check-ref-format(1), less what only options allow.
const FORBIDDEN = /[\u0000-\u0020\u007f~^:?*[\\]/;

/** What is wrong with a branch name, or `undefined`. Branches below `sluice/` are made, moved and deleted by Sluice itself. */
export function checkBranch(text: string): string | undefined {
  if (text.startsWith('refs/')) return 'write the branch without "refs/heads/"';
  if (text.startsWith('sluice/')) return 'branches below "sluice/" belong to Sluice';
  return isRefName(text) ? undefined : 'is not a valid name of a git branch';
}

function isRefName(text: string): boolean {
  if (text === '' || text === 'HEAD' || text === '@' || text.length > 200) return false;
  if (FORBIDDEN.test(text) || text.includes('..') || text.includes('@{') || text.startsWith('-') || text.endsWith('.')) return false;
  return text.split('/').every((part) => part !== '' && !part.startsWith('.') && !part.endsWith('.lock'));
}
