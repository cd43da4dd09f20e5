import type { Message, Notice } from '@sluice/notify';

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** A message as HTML. Texts come from commits, files and people: nothing of them is markup. */
export function mailHtml(message: Message): string {
  const parts = message.kind === 'one' ? [noticeHtml(message.notice)] : message.notices.map((notice) => noticeHtml(notice));
  const more = message.kind === 'digest' && message.more > 0 ? [`<p>and ${message.more} more: <code>sluice notify list</code></p>`] : [];
  return `<!doctype html><html><body style="font-family: sans-serif">${[...parts, ...more].join('<hr>')}</body></html>`;
}

function noticeHtml({ title, at, what, by, next, link }: Notice): string {
  const lines = [`<strong>${escaped(title)}</strong>`, escaped(new Date(at).toISOString()), escaped(what).replaceAll('\n', '<br>'), ...(by === undefined ? [] : [`By ${escaped(by)}.`]), ...(next === undefined ? [] : [escaped(next)])];
  return `${lines.map((line) => `<p>${line}</p>`).join('')}<p><a href="${escaped(link)}">${escaped(link)}</a></p>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
