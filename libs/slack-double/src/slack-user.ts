import { elementsOf, named, textOf, type SlackElement } from './blocks.js';
import type { Acknowledged, Payload } from './delivery.js';
import { shownView } from './other-methods.js';
import { shown } from './chat-methods.js';
import { answerView } from './view-answer.js';
import type { SlackMessage, SlackView, Workspace } from './workspace.js';

export interface UserParts {
  /** The workspace that they are of. */
  readonly home: string;
  readonly workspace: Workspace;
  /** Once; nobody repeats what a person did. */
  readonly deliver: (payload: Payload) => Promise<Acknowledged>;
  /** As often as it takes. */
  readonly deliverEvent: (event: Readonly<Record<string, unknown>>, times?: number) => Promise<void>;
  readonly responseUrl: (user: string, channel: string) => string;
  readonly unexpected: (what: string) => void;
  /** Milliseconds from when somebody acts until the application hears of it. */
  readonly lag: () => number;
}

/** Somebody in the workspace, with eyes and hands. */
export class SlackUser {
  constructor(
    readonly id: string,
    private readonly parts: UserParts,
  ) {
    parts.workspace.users.add(id);
  }

  /** Types a slash command: https://docs.slack.dev/interactivity/implementing-slash-commands */
  command(text: string, channel = 'C1', trigger = this.trigger()): Promise<Acknowledged> {
    const { team } = this.parts.workspace;
    const body = { token: 'legacy', team_id: team, team_domain: 'double', channel_id: channel, channel_name: this.parts.workspace.channels.get(channel)?.name ?? 'privategroup', user_id: this.id, user_name: this.id.toLowerCase(), command: '/sluice', text: escaped(text), api_app_id: 'A1', is_enterprise_install: 'false', response_url: this.parts.responseUrl(this.id, channel), trigger_id: trigger };
    return this.act({ type: 'slash_commands', body });
  }

  /** Uses a global shortcut: https://docs.slack.dev/interactivity/implementing-shortcuts */
  shortcut(callback: string): Promise<Acknowledged> {
    return this.act({ type: 'interactive', body: { type: 'shortcut', callback_id: callback, action_ts: this.parts.workspace.ts(), ...this.person(), trigger_id: this.trigger() } });
  }

  /** Clicks a button of a message: https://docs.slack.dev/reference/interaction-payloads/block_actions-payload. @throws Error when it has none such. */
  click(message: SlackMessage, action: string): Promise<Acknowledged> {
    return this.press(this.clickOn(message, action));
  }

  /** The payload of a click, to be sent more than once or later. */
  clickOn(message: SlackMessage, action: string): Payload {
    const { block, element } = find(message.blocks, action);
    const name = this.parts.workspace.channels.get(message.channel)?.name;
    const body = {
      type: 'block_actions',
      ...this.person(),
      container: { type: 'message', message_ts: message.ts, channel_id: message.channel, is_ephemeral: message.ephemeralTo !== undefined },
      channel: { id: message.channel, name },
      ...(message.ephemeralTo === undefined && { message: shown(message) }),
      state: { values: {} },
      response_url: this.parts.responseUrl(this.id, message.channel),
      trigger_id: this.trigger(),
      actions: [{ ...element, block_id: block, action_ts: this.parts.workspace.ts() }],
    };
    return { type: 'interactive', body };
  }

  press(payload: Payload): Promise<Acknowledged> {
    return this.act(payload);
  }

  /** Chooses an option of a select in a modal that tells the application at once. */
  choose(view: SlackView, action: string, value: string): Promise<Acknowledged> {
    const { block, element } = find(named(view.content.blocks), action);
    const option = optionOf(element, value);
    const shownNow = shownView(view, this.parts.workspace.team);
    this.remember(view, block, action, { type: element.type, selected_option: option });
    const body = { type: 'block_actions', ...this.person(), container: { type: 'view', view_id: view.id }, view: { ...shownNow, state: { values: this.valuesOf(view) } }, trigger_id: this.trigger(), actions: [{ type: element.type, action_id: action, block_id: block, selected_option: option, action_ts: this.parts.workspace.ts() }] };
    return this.act({ type: 'interactive', body });
  }

  /** Clicks a button of App Home. */
  clickHome(action: string, nth = 0): Promise<Acknowledged> {
    const home = this.parts.workspace.homes.get(this.id);
    if (!home) throw new Error(`${this.id} has no home`);
    const { block, element } = find(named(home.blocks), action, nth);
    const view = { ...home, id: `V0${this.id}`, blocks: named(home.blocks), state: { values: {} } };
    return this.act({ type: 'interactive', body: { type: 'block_actions', ...this.person(), container: { type: 'view', view_id: view.id }, view, trigger_id: this.trigger(), actions: [{ ...element, block_id: block, action_ts: this.parts.workspace.ts() }] } });
  }

  private readonly filled = new Map<string, Record<string, Record<string, unknown>>>();

  /** Types into an input of a modal. */
  fill(view: SlackView, action: string, value: string): void {
    const { block, element } = find(named(view.content.blocks), action);
    this.remember(view, block, action, element.type === 'plain_text_input' ? { type: element.type, value } : { type: element.type, selected_option: optionOf(element, value) });
  }

  /** Submits a modal: https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload. What the application answers happens to the modal. */
  async submit(view: SlackView): Promise<Acknowledged> {
    if (!view.open || view.content.submit === undefined) throw new Error('there is nothing to submit');
    const body = { type: 'view_submission', ...this.person(), trigger_id: this.trigger(), view: { ...shownView(view, this.parts.workspace.team), state: { values: this.valuesOf(view) } }, response_urls: [] };
    const acknowledged = await this.act({ type: 'interactive', body });
    if (acknowledged.ok) answerView(this.parts.workspace, view, acknowledged.answer, this.parts.unexpected);
    return acknowledged;
  }

  /** Closes a modal by its cross. */
  dismiss(view: SlackView): void {
    view.open = false;
  }

  /** Opens App Home: https://docs.slack.dev/reference/events/app_home_opened. `times`: how often Slack tells of it. */
  openHome(times = 1): Promise<void> {
    return this.parts.deliverEvent({ type: 'app_home_opened', user: this.id, channel: `D${this.id.slice(1)}`, tab: 'home', event_ts: this.parts.workspace.ts() }, times);
  }

  /** The modal on top of the others. */
  modal(): SlackView | undefined {
    return [...this.parts.workspace.views.values()].reverse().find(({ user, open }) => user === this.id && open);
  }

  modalText(): string {
    const view = this.modal();
    return view ? `${view.content.title.text}\n${textOf(view.content.blocks)}` : '';
  }

  homeText(): string {
    return textOf(this.parts.workspace.homes.get(this.id)?.blocks ?? []);
  }

  /** Whatever only they were told, oldest first. */
  told(): readonly SlackMessage[] {
    return this.parts.workspace.messages.filter(({ ephemeralTo, channel, deleted }) => !deleted && (ephemeralTo === this.id || channel === `D${this.id.slice(1)}`));
  }

  trigger(): string {
    return this.parts.workspace.trigger(this.id);
  }

  private async act(payload: Payload): Promise<Acknowledged> {
    if (this.parts.workspace.deactivated.has(this.id)) throw new Error('their account is deactivated: they cannot do anything in Slack');
    const lag = this.parts.lag();
    if (lag > 0) await new Promise((resolve) => setTimeout(resolve, lag));
    return this.parts.deliver(payload);
  }

  private remember(view: SlackView, block: string, action: string, value: Record<string, unknown>): void {
    const values = this.filled.get(view.id) ?? {};
    this.filled.set(view.id, { ...values, [block]: { ...values[block], [action]: value } });
  }

  /** Only of what the modal shows now; untouched inputs are there without a value. */
  private valuesOf(view: SlackView): Record<string, Record<string, unknown>> {
    const filled = this.filled.get(view.id) ?? {};
    const entries = named(view.content.blocks).flatMap((block) =>
      block.type === 'input' || block.type === 'actions' ? [[block.block_id, Object.fromEntries(elementsOf(block).map((element) => [element.action_id, filled[block.block_id]?.[element.action_id] ?? untouched(element)]))] as const] : [],
    );
    return Object.fromEntries(entries);
  }

  private person(): Readonly<Record<string, unknown>> {
    const { team } = this.parts.workspace;
    return { team: { id: team, domain: 'double' }, user: { id: this.id, username: this.id.toLowerCase(), name: this.id.toLowerCase(), team_id: this.parts.home }, api_app_id: 'A1', token: 'legacy', is_enterprise_install: false, enterprise: null };
  }
}

/** As Slack does with what people type: https://docs.slack.dev/messaging/formatting-message-text#escaping */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function untouched(element: SlackElement): Record<string, unknown> {
  if (element.type === 'plain_text_input') return { type: element.type, value: element.initial_value ?? null };
  return element.type === 'static_select' ? { type: element.type, selected_option: element.initial_option ?? null } : { type: element.type };
}

function find(blocks: readonly (Parameters<typeof elementsOf>[0] & { readonly block_id: string })[], action: string, nth = 0): { readonly block: string; readonly element: SlackElement } {
  const found = blocks.flatMap((block) => elementsOf(block).flatMap((element) => (element.action_id === action ? [{ block: block.block_id, element }] : [])))[nth];
  if (!found) throw new Error(`there is no ${action} to use: ${textOf(blocks)}`);
  return found;
}

function optionOf(element: SlackElement, value: string): unknown {
  const options = element.type === 'static_select' ? [...(element.options ?? []), ...(element.option_groups ?? []).flatMap((group) => group.options)] : [];
  const found = options.find((option) => option.value === value);
  if (!found) throw new Error(`there is no option ${value} among ${options.map((option) => option.value).join(', ')}`);
  return found;
}
