import type { Author } from './model.js';

/** Two entries with the same key are the same author. */
export function authorKey({ person, login, email }: Author): string {
  return person ?? (login === undefined ? email.toLowerCase() : `login ${login.toLowerCase()}`);
}

/** Each author once; of two entries the later one. */
export function distinctAuthors(authors: readonly Author[]): readonly Author[] {
  return [...new Map(authors.map((author) => [authorKey(author), author])).values()];
}

/** An author as what is known of them: a name with its address, or the account that pushed. */
export function sayAuthor({ name, email, login, beyond }: Author): string {
  if (beyond !== undefined) return `whoever made the commits before the newest ${beyond}`;
  return login === undefined ? `${name} <${email}>` : `${login}, who pushed`;
}

/** Stands for those behind commits that were not read: nobody can tell who they are. */
export function unreadAuthors(beyond: number): Author {
  return { name: `more than ${beyond} commits`, email: '', beyond };
}
