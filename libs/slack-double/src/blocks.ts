import { z } from 'zod';

/**
 * Block Kit, as strictly as Slack itself: only what the bot may use, each with its limits.
 * Blocks: https://docs.slack.dev/reference/block-kit/blocks · elements: https://docs.slack.dev/reference/block-kit/block-elements · composition objects: https://docs.slack.dev/reference/block-kit/composition-objects
 */
function plain(max: number) {
  return z.strictObject({ type: z.literal('plain_text'), text: z.string().min(1).max(max), emoji: z.boolean().optional() });
}
function mrkdwn(max: number) {
  return z.strictObject({ type: z.literal('mrkdwn'), text: z.string().min(1).max(max), verbatim: z.boolean().optional() });
}
function text(max: number) {
  return z.discriminatedUnion('type', [plain(max), mrkdwn(max)]);
}

const blockId = z.string().min(1).max(255);
const actionId = z.string().min(1).max(255);

// https://docs.slack.dev/reference/block-kit/composition-objects/option-object
const option = z.strictObject({ text: plain(75), value: z.string().min(1).max(150), description: plain(75).optional() });
const optionGroup = z.strictObject({ label: plain(75), options: z.array(option).min(1).max(100) });
// https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object
const confirm = z.strictObject({ title: plain(100), text: plain(300), confirm: plain(30), deny: plain(30), style: z.enum(['primary', 'danger']).optional() });

// https://docs.slack.dev/reference/block-kit/block-elements/button-element
const button = z.strictObject({ type: z.literal('button'), action_id: actionId, text: plain(75), url: z.url().max(3_000).optional(), value: z.string().max(2_000).optional(), style: z.enum(['primary', 'danger']).optional(), confirm: confirm.optional() });
// https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element
const staticSelect = z
  .strictObject({ type: z.literal('static_select'), action_id: actionId, placeholder: plain(150).optional(), options: z.array(option).min(1).max(100).optional(), option_groups: z.array(optionGroup).min(1).max(100).optional(), initial_option: option.optional() })
  .refine(({ options, option_groups }) => (options === undefined) !== (option_groups === undefined), 'either options or option_groups')
  .refine(({ options, option_groups, initial_option }) => initial_option === undefined || [...(options ?? []), ...(option_groups ?? []).flatMap((group) => group.options)].some(({ value }) => value === initial_option.value), 'initial_option is not one of the options');
// https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element
const textInput = z.strictObject({ type: z.literal('plain_text_input'), action_id: actionId, placeholder: plain(150).optional(), initial_value: z.string().max(3_000).optional(), multiline: z.boolean().optional(), min_length: z.number().int().min(0).max(3_000).optional(), max_length: z.number().int().min(1).max(3_000).optional() });

const section = z
  .strictObject({ type: z.literal('section'), block_id: blockId.optional(), text: text(3_000).optional(), fields: z.array(text(2_000)).min(1).max(10).optional(), accessory: z.union([button, staticSelect]).optional() })
  .refine(({ text, fields }) => text !== undefined || fields !== undefined, 'a section needs text or fields');
const header = z.strictObject({ type: z.literal('header'), block_id: blockId.optional(), text: plain(150) });
const divider = z.strictObject({ type: z.literal('divider'), block_id: blockId.optional() });
const context = z.strictObject({ type: z.literal('context'), block_id: blockId.optional(), elements: z.array(text(3_000)).min(1).max(10) });
const actions = z.strictObject({ type: z.literal('actions'), block_id: blockId.optional(), elements: z.array(z.union([button, staticSelect])).min(1).max(25) });
const input = z.strictObject({ type: z.literal('input'), block_id: blockId.optional(), label: plain(2_000), element: z.union([textInput, staticSelect]), hint: plain(2_000).optional(), optional: z.boolean().optional(), dispatch_action: z.boolean().optional() });

const block = z.discriminatedUnion('type', [section, header, divider, context, actions, input]);
type Block = z.output<typeof block>;
export type SlackElement = z.output<typeof button> | z.output<typeof staticSelect> | z.output<typeof textInput>;

/** A block as it stands in a message or view: Slack gives a `block_id` to those that came without one. */
export type SlackBlock = Block & { readonly block_id: string };

export function elementsOf(candidate: Block): readonly SlackElement[] {
  switch (candidate.type) {
    case 'actions':
      return candidate.elements;
    case 'input':
      return [candidate.element];
    case 'section':
      return candidate.accessory ? [candidate.accessory] : [];
    default:
      return [];
  }
}

function unique(blocks: readonly Block[], context: z.RefinementCtx): void {
  const seen = new Set<string>();
  for (const each of blocks) {
    if (each.block_id !== undefined && seen.size === seen.add(`block ${each.block_id}`).size) context.addIssue({ code: 'custom', message: `block_id ${each.block_id} twice` });
    const actionsHere = new Set<string>();
    for (const { action_id } of elementsOf(each)) {
      if (actionsHere.has(action_id)) context.addIssue({ code: 'custom', message: `action_id ${action_id} twice in one block` });
      actionsHere.add(action_id);
    }
  }
}

// no page of Slack names it; people have measured about 13,200: https://github.com/slackapi/bolt-js/issues/2509
const MOST_IN_MESSAGE = 13_000;

/** Of a message: https://docs.slack.dev/reference/block-kit/blocks says 50; inputs are for views. */
export const messageBlocks = z
  .array(block)
  .max(50)
  .superRefine(unique)
  .refine((blocks) => textOf(blocks).length <= MOST_IN_MESSAGE, 'msg_blocks_too_long: more text than a message takes')
  .refine((blocks) => blocks.every(({ type }) => type !== 'input'), 'no input blocks in messages that this bot sends');

// `view_too_large`: https://docs.slack.dev/reference/methods/views.open#errors
const MOST_IN_VIEW = 250_000;

const viewBlocks = z
  .array(block)
  .min(1)
  .max(100)
  .superRefine(unique)
  .refine((blocks) => Buffer.byteLength(JSON.stringify(blocks)) <= MOST_IN_VIEW, 'view_too_large: more than 250 kB');

/** https://docs.slack.dev/reference/views/modal-views */
const modal = z
  .strictObject({ type: z.literal('modal'), title: plain(24), blocks: viewBlocks, submit: plain(24).optional(), close: plain(24).optional(), private_metadata: z.string().max(3_000).optional(), callback_id: z.string().min(1).max(255).optional(), clear_on_close: z.boolean().optional(), notify_on_close: z.boolean().optional(), external_id: z.string().max(255).optional() })
  .refine(({ blocks, submit }) => submit !== undefined || blocks.every(({ type }) => type !== 'input'), 'a modal with inputs needs submit');
/** https://docs.slack.dev/reference/views/home-tab-views */
const home = z.strictObject({ type: z.literal('home'), blocks: viewBlocks, private_metadata: z.string().max(3_000).optional(), callback_id: z.string().min(1).max(255).optional(), external_id: z.string().max(255).optional() });

export const modalView = modal;
export const homeView = home;
export type ModalView = z.output<typeof modal>;
export type HomeView = z.output<typeof home>;

/** What Slack would find wrong with what an application wants to show. @returns undefined for what it takes. */
export function refusalOf(what: 'message' | 'modal' | 'home', content: unknown): string | undefined {
  const parsed = { message: messageBlocks, modal: modalView, home: homeView }[what].safeParse(content);
  return parsed.success ? undefined : z.prettifyError(parsed.error);
}

/** Blocks with an id each, as Slack answers and sends them. */
export function named(blocks: readonly Block[]): readonly SlackBlock[] {
  return blocks.map((each, index) => ({ ...each, block_id: each.block_id ?? `b${index}` }));
}

/** Everything that can be read in blocks, a line a text. */
export function textOf(blocks: readonly Block[]): string {
  const found: string[] = [];
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(walk);
    else if (typeof value === 'object' && value !== null) {
      const { type, text: inner } = value as { type?: unknown; text?: unknown };
      if ((type === 'plain_text' || type === 'mrkdwn') && typeof inner === 'string') found.push(inner);
      else Object.values(value).forEach(walk);
    }
  };
  walk(blocks);
  return found.join('\n');
}
