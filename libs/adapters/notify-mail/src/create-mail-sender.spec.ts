import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { instant } from '@sluice/kernel';
import { digestOf, noticeOf, type Message } from '@sluice/notify';
import { selfSigned } from './certificate.fixture.js';
import { createMailSender, type MailServer } from './create-mail-sender.js';
import { refusal, startSmtp, type SmtpServer } from './smtp.fixture.js';

const NOW = instant(Date.parse('2026-11-26T12:00:00Z'));
const PASSWORD = 'hunter2-very-secret';
const notice = (change: { readonly application?: string; readonly message?: string } = {}) =>
  noticeOf({ type: 'promotion.degraded', at: NOW, repository: 'shop', environment: 'prod', application: 'checkout', promotion: 'prod-checkout-1', message: 'crash', ...change }, 'degraded', 'https://sluice.example.org');
const MESSAGE: Message = { kind: 'one', notice: notice() };

const sender = (port: number, change: Partial<MailServer> = {}) => createMailSender({ host: '127.0.0.1', port, tls: 'never', from: 'sluice@example.org', deadline: 3_000, ...change }, { publicUrl: 'https://sluice.example.org' });

describe('mail', () => {
  let plain: SmtpServer;
  let certificate: { readonly key: string; readonly cert: string };
  beforeAll(async () => {
    certificate = await selfSigned();
    plain = await startSmtp({
      onRcptTo: ({ address }, _session, done) => {
        if (address.startsWith('nobody@')) return done(refusal(550, 'no such user here'));
        if (address.startsWith('later@')) return done(refusal(451, 'greylisted, come again'));
        done();
      },
    });
  });
  afterAll(async () => {
    await plain.close();
  });
  beforeEach(() => void (plain.letters.length = 0));

  it('arrives, with a subject, what to do next and a link', async () => {
    expect(await sender(plain.port).send('ops@example.org', MESSAGE)).toEqual({ kind: 'sent' });
    const [letter] = plain.letters;
    expect(letter).toMatchObject({ from: 'sluice@example.org', to: ['ops@example.org'] });
    expect(letter?.source).toContain('Subject: [shop/prod] checkout: degraded');
    expect(letter?.source).toContain(`Message-ID: <${notice().id.slice(0, 32)}@sluice.example.org>`);
    expect(letter?.source).toContain('Auto-Submitted: auto-generated');
    expect(letter?.source.replace(/=\r\n/g, '')).toContain('https://sluice.example.org/promotions/shop/prod-checkout-1');
  });

  it('has one Message-ID however often it is sent', async () => {
    await sender(plain.port).send('ops@example.org', MESSAGE);
    await sender(plain.port).send('ops@example.org', MESSAGE);
    const ids = plain.letters.map(({ source }) => /^Message-ID: <(.*)>/m.exec(source)?.[1]);
    expect(ids).toEqual([expect.any(String), ids[0]]);
  });

  it('cannot be given another recipient, header or markup by a name or a message', async () => {
    const hostile = notice({ application: 'a\r\nBcc: victim@example.org\r\n\r\n<b>', message: '<img src=x onerror="alert(1)">\r\nBcc: victim@example.org' });
    expect(await sender(plain.port).send('ops@example.org', { kind: 'one', notice: hostile })).toEqual({ kind: 'sent' });
    const [letter] = plain.letters;
    expect(letter?.to).toEqual(['ops@example.org']);
    const [headers = ''] = (letter?.source ?? '').split('\r\n\r\n');
    expect(headers).not.toMatch(/^Bcc:/im);
    const decoded = (letter?.source ?? '').replace(/=\r\n/g, '').replaceAll('=3D', '=');
    expect(decoded).toContain('&lt;img src=x onerror=&quot;alert(1)&quot;&gt;');
    expect(decoded.slice(decoded.indexOf('text/html'))).not.toContain('<img');
  });

  it('tells several things together', async () => {
    await sender(plain.port).send('ops@example.org', digestOf([notice(), notice({ message: 'another' }), notice({ message: 'third' })], 2, NOW));
    expect(plain.letters[0]?.source).toContain('Subject: 3 things in Sluice: degraded');
    expect(plain.letters[0]?.source).toContain('and 1 more');
  });

  it.each([
    ['nobody@example.org', { kind: 'permanent', message: expect.stringMatching(/answers 550 \(.*no such user here\)/) as string }],
    ['later@example.org', { kind: 'temporary', message: expect.stringMatching(/answers 451 \(.*greylisted, come again\)/) as string }],
  ])('to %s is refused for good or for now', async (address, outcome) => {
    expect(await sender(plain.port).send(address, MESSAGE)).toEqual(outcome);
    expect(plain.letters).toEqual([]);
  });

  it('waits for a server that is not there, and for one that says nothing', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const mute = await sender(port, { deadline: 300 }).send('ops@example.org', MESSAGE);
    await new Promise((resolve) => silent.close(resolve));
    const gone = await sender(port).send('ops@example.org', MESSAGE);
    expect([mute.kind, gone.kind]).toEqual(['temporary', 'temporary']);
  });

  it.each([
    ['its greeting', '220-'],
    ['what it says of itself', '220 here\r\n250-'],
  ])('hangs up on a server that says %s byte by byte, and is not sent behind anybody’s back afterwards', async (_, first) => {
    const ended: Promise<unknown>[] = [];
    const dribbling = createServer((socket) => {
      ended.push(once(socket, 'close'));
      socket.on('error', () => undefined);
      socket.write(first);
      const drip = setInterval(() => socket.write('x'), 20);
      socket.once('close', () => clearInterval(drip));
      socket.resume();
    });
    await new Promise<void>((resolve) => dribbling.listen(0, '127.0.0.1', resolve));
    const { port } = dribbling.address() as AddressInfo;
    const outcome = await sender(port, { deadline: 300 }).send('ops@example.org', MESSAGE);
    expect(outcome.kind).toBe('temporary');
    expect(ended).toHaveLength(1);
    await Promise.all(ended);
    await new Promise((resolve) => dribbling.close(resolve));
  });

  it.each(['implicit', 'required'] as const)('is encrypted (%s) and signed in, with a certificate that is checked', async (tls) => {
    const server = await startSmtp({
      secure: tls === 'implicit',
      disabledCommands: [],
      ...certificate,
      onAuth: ({ username, password }, _session, done) => (username === 'sluice' && password === PASSWORD ? done(null, { user: username }) : done(refusal(535, `wrong password ${String(password)}`))),
    });
    try {
      const auth = { user: 'sluice', password: PASSWORD };
      const ca = certificate.cert;
      expect(await sender(server.port, { tls, auth, ca }).send('ops@example.org', MESSAGE)).toEqual({ kind: 'sent' });
      expect(server.letters).toMatchObject([{ encrypted: true, user: 'sluice' }]);
      expect((await sender(server.port, { tls, auth }).send('ops@example.org', MESSAGE)).kind).toBe('temporary');
      const refused = await sender(server.port, { tls, auth: { user: 'sluice', password: `${PASSWORD}-old` }, ca }).send('ops@example.org', MESSAGE);
      expect(refused).toMatchObject({ kind: 'temporary', message: expect.stringContaining('refuses the user or the password') as string });
      expect(JSON.stringify(refused)).not.toContain(PASSWORD);
      expect(server.letters).toHaveLength(1);
    } finally {
      await server.close();
    }
  });

  it('is not sent in the clear where encryption is required', async () => {
    expect(await sender(plain.port, { tls: 'required', auth: { user: 'sluice', password: PASSWORD } }).send('ops@example.org', MESSAGE)).toMatchObject({ kind: 'temporary' });
    expect(plain.letters).toEqual([]);
  });
});
