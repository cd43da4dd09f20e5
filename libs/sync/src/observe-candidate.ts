import type { CommitSha } from '@sluice/kernel';
import type { Candidate } from './decide-sync.js';
import type { AgentMemory } from './ports/agent-state.js';
import type { Assignment } from './ports/control-plane.js';
import type { SourceRepository } from './ports/source-repository.js';

/** Fetches, and asks git everything that the decision about `commit` needs. @throws Unavailable when git cannot be read. */
export async function observeCandidate(source: SourceRepository, assignment: Assignment, commit: CommitSha, memory: AgentMemory): Promise<Candidate> {
  const head = await source.fetch(assignment.branch);
  if (!head || !(await source.onFirstParent(head, commit))) return { ...(head && { head }), onBranch: false, fromFloor: false, descends: false, acceptance: 'none' };
  return {
    head,
    onBranch: true,
    fromFloor: !assignment.floor || (await source.isAncestor(assignment.floor, commit)),
    descends: !memory.current || (await source.isAncestor(memory.current, commit)),
    acceptance: await acceptanceOf(source, assignment, commit, memory.usedAcceptance),
  };
}

async function acceptanceOf(source: SourceRepository, { accepted }: Assignment, commit: CommitSha, used: CommitSha | undefined): Promise<Candidate['acceptance']> {
  if (!accepted) return 'none';
  if (accepted === commit) return 'exact';
  // used up: else the branch could be rewritten again behind the accepted commit
  if (accepted === used) return 'none';
  return (await source.isAncestor(accepted, commit)) ? 'descends' : 'none';
}
