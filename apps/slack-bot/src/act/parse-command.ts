import { parseDuration } from '@sluice/kernel';
import { line } from '../text/mrkdwn.js';
import { typedText, words } from './typed-text.js';

/** An application and an environment, as somebody typed them; the repository only where it matters. */
export interface TypedPlace {
  readonly repository?: string;
  readonly application: string;
  readonly environment: string;
}

interface OnPlace<Kind extends string> extends TypedPlace {
  readonly kind: Kind;
  readonly reason: string;
}

export type Command =
  | { readonly kind: 'form' }
  | { readonly kind: 'help' }
  | OnPlace<'promote'>
  | OnPlace<'approve'>
  | OnPlace<'reject'>
  | OnPlace<'rollback'>
  | { readonly kind: 'status' | 'why'; readonly application?: string; readonly environment?: string; readonly repository?: string }
  | { readonly kind: 'freeze'; readonly environment: string; readonly repository?: string; readonly milliseconds: number; readonly reason: string }
  | { readonly kind: 'link'; readonly code: string }
  | { readonly kind: 'unlink' }
  | { readonly kind: 'wrong'; readonly message: string };

const YEAR = 365 * 86_400_000;

/** Understands what was typed after `/sluice`, as Slack tells it. */
export function parseCommand(text: string): Command {
  const [verb = '', ...rest] = words(typedText(text));
  switch (verb.toLowerCase()) {
    case '':
      return { kind: 'form' };
    case 'help':
      return { kind: 'help' };
    case 'promote':
    case 'approve':
    case 'reject':
    case 'rollback':
      return onPlace(verb.toLowerCase() as 'promote', rest);
    case 'status':
    case 'why':
      return look(verb.toLowerCase() as 'status', rest);
    case 'freeze':
      return freeze(rest);
    case 'link':
      return rest.length === 1 && rest[0] !== undefined ? { kind: 'link', code: rest[0] } : wrong('type `/sluice link CODE` with the code that Sluice shows you');
    case 'unlink':
      return { kind: 'unlink' };
    default:
      return wrong(`there is no command “${line(verb, 40)}”`);
  }
}

function onPlace(kind: 'promote' | 'approve' | 'reject' | 'rollback', [application, environment, ...reason]: readonly string[]): Command {
  if (application === undefined || environment === undefined) return wrong(`type \`/sluice ${kind} APPLICATION ENVIRONMENT\`, for example \`/sluice ${kind} checkout qa\``);
  return { kind, ...named(application), environment: environment.toLowerCase(), reason: reason.join(' ') };
}

function look(kind: 'status' | 'why', [application, environment, ...more]: readonly string[]): Command {
  if (more.length > 0) return wrong(`type \`/sluice ${kind}\`, \`/sluice ${kind} APPLICATION\` or \`/sluice ${kind} APPLICATION ENVIRONMENT\``);
  return { kind, ...(application !== undefined && named(application)), ...(environment !== undefined && { environment: environment.toLowerCase() }) };
}

const HOW_TO_FREEZE = 'type `/sluice freeze ENVIRONMENT DURATION "REASON"`, for example `/sluice freeze qa 2h "incident 42"` or `/sluice freeze all 30m "database move"`';

function freeze([environment, duration, ...words]: readonly string[]): Command {
  if (environment === undefined || duration === undefined) return wrong(HOW_TO_FREEZE);
  const milliseconds = parseDuration(duration.toLowerCase());
  if (milliseconds === undefined) return wrong(`“${line(duration, 40)}” is no duration, such as 30m, 2h or 1d12h: ${HOW_TO_FREEZE}`);
  if (milliseconds < 60_000 || milliseconds > YEAR) return wrong(`a freeze may last from a minute to a year: ${HOW_TO_FREEZE}`);
  const reason = words.join(' ').trim();
  if (reason === '') return wrong(`say why: ${HOW_TO_FREEZE}`);
  const { application: name, repository } = named(environment);
  return { kind: 'freeze', environment: name, ...(repository !== undefined && { repository }), milliseconds, reason };
}

/** `shop/checkout` or `checkout`. */
function named(text: string): { readonly application: string; readonly repository?: string } {
  const [repository, application] = text.toLowerCase().split('/');
  return application === undefined ? { application: text.toLowerCase() } : { application, ...(repository !== undefined && { repository }) };
}

function wrong(message: string): Command {
  return { kind: 'wrong', message };
}

export const HELP = `*What you can ask Sluice*
• \`/sluice\` – a form: what, where to, what it would bring, and why
• \`/sluice promote checkout qa [reason]\`
• \`/sluice status [checkout [qa]]\` – which version is where
• \`/sluice why [checkout [qa]]\` – why something does not move
• \`/sluice approve checkout qa\` · \`/sluice reject checkout qa [reason]\`
• \`/sluice rollback checkout qa [reason]\`
• \`/sluice freeze qa 2h "incident 42"\` – nothing is merged there for a time
• \`/sluice link CODE\` – say who you are: make a code in Sluice first · \`/sluice unlink\`
Where several repositories have the same application, write \`shop/checkout\`, and \`shop/qa\` to freeze.`;
