import { createHash } from 'node:crypto';

const STYLE = ':root{color-scheme:light dark;background:Canvas;color:CanvasText}body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:4rem auto;padding:0 1rem}h1{font-size:1.5rem;line-height:1.25}button{font:inherit;padding:.4rem 1rem}';
const HASH = createHash('sha256').update(STYLE).digest('base64');

/** No script, nothing from elsewhere, and a form that goes back to this server only. */
export const PAGE_POLICY = `default-src 'none'; style-src 'sha256-${HASH}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;

/** What stands between the question and the answer. */
export interface PageParts {
  readonly title: string;
  readonly text: string;
  /** The button that says yes. */
  readonly button?: { readonly label: string; readonly action: string };
  /** `goes`: the browser follows it by itself. */
  readonly link?: { readonly label: string; readonly url: string; readonly goes?: true };
}

/** A page that works without the dashboard. Everything in it is text. */
export function accountPage({ title, text, button, link }: PageParts): string {
  const refresh = link?.goes ? `<meta http-equiv="refresh" content="0; url=${escaped(link.url)}">` : '';
  const form = button ? `<form method="post" action="${escaped(button.action)}"><button type="submit">${escaped(button.label)}</button></form>` : '';
  const anchor = link ? `<p><a href="${escaped(link.url)}">${escaped(link.label)}</a></p>` : '';
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)} – Sluice</title>${refresh}<style>${STYLE}</style></head><body><main><h1>${escaped(title)}</h1><p>${escaped(text)}</p>${form}${anchor}</main></body></html>\n`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
