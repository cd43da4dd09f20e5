import { canonicalJson } from './canonical-json.js';
import type { Assignment, ControlPlane } from './ports/control-plane.js';
import type { Remembered } from './remembered.js';

/** The newest assignment that is known. What the server answers when asked counts more than what a stream said earlier, whatever their numbers: a restored server counts from less. */
export class AssignmentBook {
  private hints = 0;

  constructor(
    private readonly control: Pick<ControlPlane, 'assignment'>,
    private readonly remembered: Remembered,
  ) {}

  async known(): Promise<Assignment | undefined> {
    return (await this.remembered.get()).assignment;
  }

  /** Takes what a stream brought, unless something newer is known. @returns whether there is something new to look at. */
  async offer(assignment: Assignment): Promise<boolean> {
    const known = await this.known();
    if (known && (known.revision > assignment.revision || same(known, assignment))) return false;
    this.hints += 1;
    await this.remembered.update({ assignment });
    return true;
  }

  /** Asks the server. @throws Unavailable, Unauthenticated, Forbidden */
  async ask(): Promise<Assignment> {
    const hintsBefore = this.hints;
    const answer = await this.control.assignment();
    const known = await this.known();
    const overtaken = this.hints !== hintsBefore && known !== undefined && known.revision > answer.revision;
    if (overtaken) return known;
    if (!known || !same(known, answer)) await this.remembered.update({ assignment: answer });
    return answer;
  }
}

// an acceptance or a policy may change without the number
function same(a: Assignment, b: Assignment): boolean {
  return canonicalJson(a) === canonicalJson(b);
}
