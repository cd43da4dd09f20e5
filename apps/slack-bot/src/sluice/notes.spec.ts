import { API } from '@sluice/contracts';
import { Notes, type Post } from './notes.js';
import type { SluiceApi } from './sluice-api.js';

const post = (promotion: string, done = false): Post => ({ repository: 'shop', promotion, environment: 'qa', team: 'T1', channel: 'C1', ts: '1.000001', digest: 'd', shown: 's', told: 1, done, since: 0 });

describe('the posts of a bot that are not done', () => {
  it('are known between two lists by what it saves itself', async () => {
    let lists = 0;
    const kept = new Map<string, string>();
    const call = (route: unknown, { body, query }: { readonly body?: { readonly key: string; readonly value: string }; readonly query?: { readonly prefix?: string; readonly key?: string } }): Promise<unknown> => {
      if (route === API.putBotNote && body) kept.set(body.key, body.value);
      if (route === API.removeBotNote) kept.delete(query?.key ?? '');
      if (route === API.botNotes) lists += 1;
      return Promise.resolve(route === API.botNotes ? { items: [...kept].map(([key, value]) => ({ key, value, version: 1 })) } : { version: 1 });
    };
    const notes = new Notes({ call } as unknown as SluiceApi, { team: 'T1', answerWithin: 1_000 });
    for (const each of [post('one'), post('two'), post('old', true)]) await notes.savePost(each, 0);
    const open = async (): Promise<readonly string[]> => (await notes.unfinished()).map(({ promotion }) => promotion);
    expect(await open()).toEqual(['one', 'two']);
    await notes.savePost(post('three'), 0);
    await notes.savePost(post('one', true), 1);
    await notes.removePost(post('two'));
    expect(await open()).toEqual(['three']);
    expect(lists).toBe(1);
  });
});
