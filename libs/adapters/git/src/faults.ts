import { GitFailed } from '@sluice/git-process';
import { Forbidden, type ForgeRefusal, InvalidInput, Refused, SluiceError, TooLarge, Unavailable } from '@sluice/kernel';

/** The mirror's own object database lacks or garbles something that must be there. The mirror is thrown away and fetched again. */
export class MirrorDamaged extends Unavailable {}

const DAMAGE = [
  /corrupt|bad object|loose object|not a git repository|inflate|does not match index|failed to traverse|bad signature|bad config|bad ref|could not parse|mismatched algorithms/i,
  /unable to (read|unpack|parse)|file \S+ is empty|missing (blob|tree|commit|necessary)|broken (ref|link|sha)|could not read [0-9a-f]{40}/i,
];
const ARCHIVED = /\barchived\b/i;
/** Also when the credential may not see it any more: forges tell nobody the difference. */
const GONE = /repository (not found|'[^']*' not found|does not exist)|project you were looking for could not be found|returned error: (404|410)/i;
/** No redirect is followed with a credential: forges answer so to the old name of a repository that was renamed or transferred. */
const ELSEWHERE = /returned error: 30[12378]/i;
const REFUSED = /authentication failed|could not read (username|password)|returned error: (401|403)|permission denied|access denied/i;

/** Whether git stumbled over the mirror's own files. What a remote says about its own does not count. */
export function isDamage(error: unknown): boolean {
  if (error instanceof MirrorDamaged) return true;
  if (!(error instanceof GitFailed)) return false;
  if (error.reason === 'spawn') return true;
  if (error.reason !== 'exit' && error.reason !== 'died') return false;
  const local = `${error.message}\n${error.stderr}`.replace(/remote:.*/g, '');
  return DAMAGE.some((pattern) => pattern.test(local));
}

/** What the mirror's callers get for a failure of git in the mirror itself. */
export function localFault(error: unknown, repository: string): SluiceError {
  if (error instanceof SluiceError) return error;
  const options = { cause: error, details: { repository } };
  if (!(error instanceof GitFailed)) return new Unavailable(`the mirror of ${repository} cannot be read or written: check the disk that it is on`, options);
  const message = `repository ${repository}: ${error.message}`;
  if (error.kind === 'too-large') return new TooLarge(message, options);
  return error.kind === 'invalid' ? new InvalidInput(message, options) : new Unavailable(message, options);
}

/** What they get when the remote does not answer as it should. Damage of the mirror is left as it is. */
export function remoteFault(error: unknown, repository: string): unknown {
  if (error instanceof SluiceError || isDamage(error)) return error;
  const options = { cause: error, details: { repository } };
  const reason = error instanceof GitFailed ? error.message : 'git could not be run';
  if (error instanceof GitFailed && error.kind === 'invalid') return new InvalidInput(`repository ${repository}: ${reason}`, options);
  const refused = error instanceof GitFailed ? refusedBy(error, repository) : undefined;
  if (refused) return refused;
  return new Unavailable(`the repository ${repository} cannot be reached: check its URL and that its server is up (${reason})`, options);
}

/** Undefined when the remote has refused nothing. */
function refusedBy(error: GitFailed, repository: string): Unavailable | undefined {
  const { stderr, message } = error;
  const because = (refusal: ForgeRefusal) => ({ cause: error, details: { repository, refusal } });
  if (ARCHIVED.test(stderr)) return new Unavailable(`the repository ${repository} is archived: nothing can be pushed to it (${message})`, because('archived'));
  if (ELSEWHERE.test(stderr)) return new Unavailable(`the repository ${repository} is at another address now: it was renamed or transferred there (${message})`, because('gone'));
  if (GONE.test(stderr)) return new Unavailable(`the repository ${repository} cannot be found: it was deleted, moved, or our credential may not see it any more (${message})`, because('gone'));
  if (REFUSED.test(stderr)) return new Refused(`the repository ${repository} refused our credential: check that it has not expired and may read and push (${message})`, because('credential'));
  return undefined;
}

export function branchRefused(branch: string): Forbidden {
  return new Forbidden(`the branch ${JSON.stringify(branch.slice(0, 200))} is not ours to push: only branches under sluice/ are`);
}
