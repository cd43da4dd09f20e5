import { Body, Controller, Inject, Param, Query } from '@nestjs/common';
import { API } from '@sluice/contracts';
import type { Json } from '@sluice/audit';
import { Conflict, Forbidden, NotFound, present, type RepositoryId } from '@sluice/kernel';
import type { Promotion } from '@sluice/promotion';
import { assertMayBring, assertMayClose, assertMayTurn, assertMayWrite, promotionOfChange, ReviewChange, SettleChange, type MergeOutcome, type Person } from '@sluice/usecases';
import type { z } from 'zod';
import type { Ports } from '../compose/ports.js';
import { PORTS } from '../compose/tokens.js';
import { Me, type PersonCaller } from '../http/caller.js';
import { Route } from '../http/route.js';
import { assertScope } from '../http/token-limits.js';
import { doorOf } from './door.js';
import { presentChange, presentReview } from './present/forge.js';

type InRepository = z.output<typeof API.changes.params>;
type OnChange = z.output<typeof API.change.params>;
type ChangeDto = z.output<typeof API.change.reply>;

/** The built-in forge's change requests. */
@Controller()
export class ChangesController {
  constructor(
    @Inject(PORTS) private readonly ports: Ports,
    @Inject(ReviewChange) private readonly reviewChange: ReviewChange,
    @Inject(SettleChange) private readonly settleChange: SettleChange,
  ) {}

  @Route(API.changes)
  async list(@Param({ schema: API.changes.params }) { repository }: InRepository, @Query({ schema: API.changes.query }) query: z.output<typeof API.changes.query>): Promise<z.output<typeof API.changes.reply>> {
    await this.known(repository);
    const { state, sourceBranch, cursor, limit } = query;
    const before = cursor === undefined ? undefined : Number(cursor);
    const filter = { ...(state && { state }), ...(sourceBranch !== undefined && { sourceBranch }), ...(before !== undefined && Number.isSafeInteger(before) && { before }) };
    const items = await this.ports.changes.list(repository, { ...filter, limit: limit + 1 });
    const shown = items.slice(0, limit);
    const last = shown.at(-1);
    return { items: shown.map(presentChange), ...(items.length > limit && last && { next: String(last.number) }) };
  }

  @Route(API.createChange)
  async create(@Me() { person }: PersonCaller, @Param({ schema: API.createChange.params }) { repository }: InRepository, @Body({ schema: API.createChange.body }) body: z.output<typeof API.createChange.body>): Promise<ChangeDto> {
    await this.writable(repository, person);
    const opened = await this.ports.changes.open(repository, body);
    await this.note('open', { repository, number: opened.number }, { title: opened.title, sourceBranch: opened.sourceBranch, targetBranch: opened.targetBranch, draft: opened.draft });
    return presentChange(opened);
  }

  @Route(API.change)
  async one(@Param({ schema: API.change.params }) { repository, number }: OnChange): Promise<ChangeDto> {
    await this.known(repository);
    return presentChange(await this.ports.changes.get(repository, number));
  }

  @Route(API.updateChange)
  async update(@Me() caller: PersonCaller, @Param({ schema: API.updateChange.params }) { repository, number }: OnChange, @Body({ schema: API.updateChange.body }) body: z.output<typeof API.updateChange.body>): Promise<ChangeDto> {
    const { person } = caller;
    await this.writable(repository, person);
    const { title, body: text, draft } = body;
    const fields = present({ title, body: text, draft });
    if (title !== undefined || text !== undefined) await this.notOurs(repository, number);
    if (draft !== undefined) await this.turnable(caller, { repository, number, draft });
    const updated = await this.ports.changes.update(repository, number, { by: person.name, ...fields });
    await this.note('update', { repository, number }, fields);
    if (draft !== undefined) await this.look(repository);
    return presentChange(updated);
  }

  @Route(API.mergeChange)
  async merge(@Me() caller: PersonCaller, @Param({ schema: API.mergeChange.params }) { repository, number }: OnChange, @Body({ schema: API.mergeChange.body }) body: z.output<typeof API.mergeChange.body>): Promise<ChangeDto> {
    const { person } = caller;
    await this.writable(repository, person);
    const { expectedHead, method } = body;
    const promotion = await this.promotionOf(caller, { repository, number });
    if (promotion) {
      await this.settleChange.merge(promotion, { expectedHead, by: person.name });
    } else {
      await assertMayBring(this.ports, repository, person, (await this.ports.changes.get(repository, number)).targetBranch);
      assertMerged(await this.ports.changes.merge(repository, number, { expectedHead, by: person.name, ...(method && { method }) }));
      await this.note('merge', { repository, number }, { head: expectedHead });
    }
    await this.look(repository);
    return presentChange(await this.ports.changes.get(repository, number));
  }

  @Route(API.closeChange)
  async close(@Me() caller: PersonCaller, @Param({ schema: API.closeChange.params }) { repository, number }: OnChange, @Body({ schema: API.closeChange.body }) { comment }: z.output<typeof API.closeChange.body>): Promise<ChangeDto> {
    const { person } = caller;
    await this.writable(repository, person);
    const promotion = await this.promotionOf(caller, { repository, number });
    if (promotion) await this.settleChange.close(promotion, { reason: comment?.trim() || 'closed', by: person.name, door: doorOf(caller) });
    else await assertMayClose(this.ports, { repository, number }, person);
    const closed = await this.ports.changes.close(repository, number, { by: person.name, ...(comment !== undefined && { comment }) });
    await this.note('close', { repository, number }, { state: closed.state }, comment);
    await this.look(repository);
    return presentChange(closed);
  }

  @Route(API.reviews)
  async reviews(@Param({ schema: API.reviews.params }) { repository, number }: OnChange): Promise<z.output<typeof API.reviews.reply>> {
    await this.known(repository);
    return { items: (await this.ports.reviews.list(repository, number)).map(presentReview) };
  }

  @Route(API.createReview)
  async review(@Me() { person }: PersonCaller, @Param({ schema: API.createReview.params }) { repository, number }: OnChange, @Body({ schema: API.createReview.body }) review: z.output<typeof API.createReview.body>): Promise<z.output<typeof API.createReview.reply>> {
    await this.writable(repository, person);
    return presentReview(await this.reviewChange.run({ repository, number }, review, person));
  }

  /** The forge's part of a repository is read by name: one that Sluice does not know is not there. */
  private async known(repository: RepositoryId): Promise<void> {
    if (!(await this.ports.repositories.get(repository))) throw new NotFound(`there is no repository ${repository}`);
  }

  private async writable(repository: RepositoryId, person: Person): Promise<void> {
    await this.known(repository);
    await assertMayWrite(this.ports, repository, person);
  }

  /** The promotion whose request this is: merging or closing it decides, and takes a token that may. */
  private async promotionOf({ credential }: PersonCaller, change: OnChange): Promise<Promotion | undefined> {
    const promotion = await promotionOfChange(this.ports.promotions, change);
    if (promotion) assertScope(credential, 'approve');
    return promotion;
  }

  private async turnable(caller: PersonCaller, turn: OnChange & { readonly draft: boolean }): Promise<void> {
    await this.promotionOf(caller, turn);
    await assertMayTurn(this.ports, turn, caller.person);
  }

  /** What a promotion's request says is what people approve and what its commit says for good: nobody writes it but Sluice. */
  private async notOurs(repository: RepositoryId, number: number): Promise<void> {
    const { sourceBranch } = await this.ports.changes.get(repository, number);
    if (sourceBranch.startsWith('sluice/')) throw new Forbidden(`the text of request ${number} is kept by Sluice: say what you think in a review, or reject it`);
  }

  /** The forge keeps requests in git: what was done there is recorded right after it. */
  private note(what: 'open' | 'update' | 'merge' | 'close', { repository, number }: OnChange, after: Readonly<Record<string, Json>>, why?: string): Promise<void> {
    return this.ports.audit.append({ action: `change.${what}`, place: { repository }, after: { number, ...after }, ...present({ why }) });
  }

  /** What a push would have told. */
  private look(repository: RepositoryId): Promise<void> {
    return this.ports.wakes.wake({ kind: 'repository', repository });
  }
}

function assertMerged(outcome: MergeOutcome): void {
  if (outcome.kind === 'moved') throw new Conflict('the request or its target has moved on: look again and merge what it is now');
  if (outcome.kind !== 'merged') throw new Conflict(outcome.message);
}
