import type { App, RespondFn } from '@slack/bolt';
import type { PromotionDetail } from '@sluice/contracts';
import { NotFound } from '@sluice/kernel';
import type { Account } from '../act/accounts.js';
import { HELP, parseCommand, type Command } from '../act/parse-command.js';
import { line } from '../text/mrkdwn.js';
import { rejectView, rollbackView } from '../views/modals.js';
import { asksForApproval, decisionButtons, nameOf, promotionMessage } from '../views/promotion-message.js';
import { accountOfCommand, type Hands } from './hands.js';
import { openForm } from './handle-form.js';
import { inModal } from './in-modal.js';
import { once } from './once.js';

/** Who typed something, and how they are answered: nobody else sees it. */
interface Asked {
  readonly account: Account;
  readonly trigger: string;
  readonly respond: RespondFn;
}

type OnPlace = Extract<Command, { kind: 'promote' | 'approve' | 'reject' | 'rollback' }>;

const COMMAND = '/sluice';

export function handleCommand(app: App, hands: Hands): void {
  app.command(COMMAND, async ({ ack, command, respond }) => {
    await ack();
    const asked: Asked = { account: accountOfCommand(command), trigger: command.trigger_id, respond };
    await once(hands, `command:${command.trigger_id}`, () => run(hands, parseCommand(command.text), asked), (text) => tell(asked, text));
  });
}

function tell({ respond }: Asked, text: string): Promise<unknown> {
  return respond({ response_type: 'ephemeral', text });
}

async function run(hands: Hands, command: Command, asked: Asked): Promise<void> {
  switch (command.kind) {
    case 'form':
      return openForm(hands, asked.account, asked.trigger);
    case 'help':
      return void (await tell(asked, HELP));
    case 'wrong':
      return void (await tell(asked, `:grey_question: I do not understand: ${command.message}\n\n${HELP}`));
    case 'link':
      return link(hands, command.code, asked);
    case 'unlink':
      await hands.accounts.unlink(asked.account);
      return void (await tell(asked, 'Sluice does not know any more who you are.'));
    case 'approve':
    case 'reject':
      return decide(hands, command, asked);
    case 'rollback':
      return rollback(hands, command, asked);
    default:
      return void (await tell(asked, await plainAnswer(hands, command, await hands.accounts.personOf(asked.account))));
  }
}

function plainAnswer({ answer }: Hands, command: Extract<Command, { kind: 'status' | 'why' | 'freeze' | 'promote' }>, person: string): Promise<string> {
  switch (command.kind) {
    case 'status':
      return answer.status(command, person);
    case 'why':
      return answer.why(command, person);
    case 'freeze':
      return answer.freeze(command, person);
    default:
      return answer.promote(command, person);
  }
}

/** The code is what a signed-in session made; both sides are told. */
async function link({ accounts }: Hands, code: string, asked: Asked): Promise<void> {
  const person = await accounts.link(asked.account, code);
  await tell(asked, `:link: You are *${line(person)}* in Sluice now. If that is not you, type \`/sluice unlink\`.`);
}

/** A typed decision is about what the channel shows. When that is something else by now, it is shown first. */
async function decide(hands: Hands, command: OnPlace, asked: Asked): Promise<void> {
  if (command.kind === 'reject' && command.reason === '') return inModal(hands, { trigger: asked.trigger, title: 'Reject' }, async () => {
    const detail = await openPromotion(hands, command, asked);
    return rejectView({ repository: detail.repository, promotion: detail.id, digest: detail.digest }, nameOf(detail));
  });
  const detail = await openPromotion(hands, command, asked);
  if (!(await hands.decide.isShown(detail))) return showFirst(detail, asked);
  const action = command.kind === 'approve' ? 'approve' : 'reject';
  const done = await hands.decide.run({ repository: detail.repository, promotion: detail.id, digest: detail.digest, action, account: asked.account, reason: command.reason });
  await tell(asked, done === undefined ? 'You have done that already.' : `${action === 'approve' ? ':white_check_mark: You have approved' : ':no_entry: You have rejected'} *${line(nameOf(done))}*.`);
}

async function openPromotion({ accounts, places, decide: decisions }: Hands, command: OnPlace, { account }: Asked): Promise<PromotionDetail> {
  await accounts.personOf(account);
  const { repository } = await places.find(command);
  const detail = await decisions.openIn({ ...command, repository });
  if (!detail) throw new NotFound(`no promotion of ${command.application} into ${command.environment} can be decided on now`);
  return detail;
}

async function showFirst(detail: PromotionDetail, { respond }: Asked): Promise<void> {
  const { text, blocks } = promotionMessage(detail);
  await respond({ response_type: 'ephemeral', text: `${text}: look at it and decide`, blocks: [...blocks.filter(({ type }) => type !== 'actions'), decisionButtons(detail, asksForApproval(detail))] });
}

async function rollback(hands: Hands, command: Extract<Command, { kind: 'rollback' }>, asked: Asked): Promise<void> {
  if (command.reason !== '') return void (await tell(asked, await hands.answer.rollback(command, await hands.accounts.personOf(asked.account))));
  await inModal(hands, { trigger: asked.trigger, title: 'Roll back' }, async () => {
    await hands.accounts.personOf(asked.account);
    const { repository } = await hands.places.find(command);
    return rollbackView({ repository, application: command.application, environment: command.environment });
  });
}
