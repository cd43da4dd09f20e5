import { APPROVED, buttons, describeSlack, said, toldTo, until } from './slack-world.fixture.js';

const AWAY = 'Sluice does not answer, so nothing was done';

describeSlack(
  'Sluice is not always there',
  (world) => {
    const hears = (user: Parameters<typeof toldTo>[0], text: string) => until(() => toldTo(user).includes(text), () => toldTo(user));

    it('when somebody clicks: they are told that nothing was done, nothing is, and the next click counts', async () => {
      const shop = await world().shop();
      const parent = await shop.waiting();
      const grace = await world().linked('grace');
      await world().gate.set('closed');
      expect(await grace.click(parent, 'approve')).toEqual({ ok: true });
      await hears(grace, AWAY);
      expect((await shop.promotion())?.approvals).toEqual([]);
      expect(buttons(parent)).toContain('approve');
      await world().gate.set('open');
      await grace.click(parent, 'approve');
      await until(() => said(parent).includes('Approved by *grace*'), () => said(parent));
      expect((await shop.promotion())?.approvals).toHaveLength(1);
    });

    it('when somebody types: they are told so, also by a server that takes the connection and says nothing', async () => {
      const grace = await world().linked('grace');
      for (const mode of ['closed', 'silent'] as const) {
        const before = toldTo(grace).split(AWAY).length;
        await world().gate.set(mode);
        expect(await grace.command('status')).toEqual({ ok: true });
        await until(() => toldTo(grace).split(AWAY).length > before, () => toldTo(grace));
        await world().gate.set('open');
      }
    });

    it('is restarted while somebody writes a reason: what they submit afterwards counts', async () => {
      const shop = await world().shop();
      const parent = await shop.waiting();
      const grace = await world().linked('grace');
      await grace.click(parent, 'reject');
      const form = await until(() => (grace.modal()?.content.callback_id === 'reject' ? grace.modal() : undefined), () => grace.modalText());
      await world().gate.set('closed');
      grace.fill(form, 'reason', 'too early');
      await world().gate.set('open');
      await grace.submit(form);
      await shop.untilPromotion(({ state }) => state === 'rejected');
    });

    it('when somebody submits a form: the form says so, and nothing is done', async () => {
      const shop = await world().shop();
      const parent = await shop.waiting();
      const grace = await world().linked('grace');
      await grace.click(parent, 'reject');
      const form = await until(() => (grace.modal()?.content.callback_id === 'reject' ? grace.modal() : undefined), () => grace.modalText());
      grace.fill(form, 'reason', 'too early');
      await world().gate.set('closed');
      expect(await grace.submit(form)).toMatchObject({ ok: true });
      await until(() => grace.modalText().includes(AWAY), () => grace.modalText());
      await world().gate.set('open');
      expect((await shop.promotion())?.state).toBe('open');
    });

    it('loses its answer to an approval: nobody is told that nothing was done, and it counts once', async () => {
      const shop = await world().shop({ qa: APPROVED.replace('required: 1', 'required: 2') });
      const parent = await shop.waiting();
      const grace = await world().linked('grace');
      world().gate.loseAnswersTo('/approve');
      await grace.click(parent, 'approve');
      await hears(grace, 'nobody knows whether it was done');
      world().gate.loseAnswersTo(undefined);
      expect(toldTo(grace)).not.toContain(AWAY);
      await until(() => said(parent).includes('Approved by *grace*'), () => said(parent));
      await grace.click(parent, 'approve');
      await shop.untilPromotion(({ approvals }) => approvals.length > 0);
      expect((await shop.promotion())?.approvals).toHaveLength(1);
    });
  },
  { pace: { answer: 4_000 } },
);
