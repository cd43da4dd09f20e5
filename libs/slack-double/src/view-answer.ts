import { z } from 'zod';
import { modalView, named } from './blocks.js';
import type { SlackView, Workspace } from './workspace.js';

/** https://docs.slack.dev/surfaces/modals#updating_views: what an application may answer a submission with. */
const answer = z.discriminatedUnion('response_action', [
  z.strictObject({ response_action: z.literal('errors'), errors: z.record(z.string(), z.string().min(1)) }),
  z.strictObject({ response_action: z.literal('update'), view: modalView }),
  z.strictObject({ response_action: z.literal('push'), view: modalView }),
  z.strictObject({ response_action: z.literal('clear') }),
]);

/** Does to a user's modal what the application answered its submission with; without an answer it closes. */
export function answerView(workspace: Workspace, view: SlackView, given: Readonly<Record<string, unknown>> | undefined, unexpected: (what: string) => void): void {
  if (given === undefined) {
    view.open = false;
    return;
  }
  const parsed = answer.safeParse(given);
  if (!parsed.success) return unexpected(`view_submission: ${z.prettifyError(parsed.error)}`);
  perform(workspace, view, parsed.data, unexpected);
}

function perform(workspace: Workspace, view: SlackView, given: z.output<typeof answer>, unexpected: (what: string) => void): void {
  switch (given.response_action) {
    case 'errors': {
      const known = new Set(named(view.content.blocks).flatMap((block) => (block.type === 'input' ? [block.block_id] : [])));
      for (const block of Object.keys(given.errors)) if (!known.has(block)) unexpected(`view_submission: an error at ${block}, which is no input`);
      view.errors = given.errors;
      return;
    }
    case 'update':
      return workspace.replaceView(view, given.view);
    case 'push':
      return void workspace.openView(view.user, given.view);
    case 'clear':
      for (const each of workspace.views.values()) if (each.user === view.user) each.open = false;
  }
}
