const LINE = '*Given in Sluice*';

/** What a person said, with a line that says where: for whoever reads the review on the forge. */
export function withOrigin(body: string): string {
  return body.trim() === '' ? LINE : `${body}\n\n${LINE}`;
}

/** What the person said, of a text that may have been made by {@link withOrigin}. */
export function withoutOrigin(text: string): string {
  if (text.trim() === LINE) return '';
  return text.replace(/\r?\n\r?\n\*Given in Sluice\*\s*$/, '');
}
