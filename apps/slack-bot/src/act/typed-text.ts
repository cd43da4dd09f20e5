const SIGNS: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' };

/**
 * What somebody typed, of what Slack tells of it. Three signs come as entities, in one go, since `&amp;lt;` is a typed `&lt;`. Mentions and addresses come as `<#C123|name>` where an app has them escaped.
 * https://docs.slack.dev/messaging/formatting-message-text#escaping, https://docs.slack.dev/interactivity/implementing-slash-commands
 */
export function typedText(text: string): string {
  return text.replace(/<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>/g, mention).replace(/&(?:amp|lt|gt);/g, (sign) => SIGNS[sign] ?? sign);
}

function mention(_: string, sign: string, target: string, label: string | undefined): string {
  const name = label === undefined || label === '' ? target : label;
  if (sign === '') return name;
  return `${sign === '#' ? '#' : '@'}${name.replace(/^[@#]/, '')}`;
}

/** Words, where quotes of any kind around several hold them together: editors make typographic ones. An apostrophe within a word is none. */
export function words(text: string): readonly string[] {
  return [...text.matchAll(/["“”„«](.*?)["“”»](?=\s|$)|['‘‚`](.*?)['’‘`](?=\s|$)|(\S+)/gs)].map(([, double, single, bare]) => double ?? single ?? bare ?? '');
}
