import { Body, Controller, Inject, Res } from '@nestjs/common';
import { API } from '@sluice/contracts';
import type { Me as MeDto } from '@sluice/contracts';
import { CreateLoginLink, ManagePeople, SignIn, type Person } from '@sluice/usecases';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { SETTINGS } from '../compose/tokens.js';
import { Me, type PersonCaller } from '../http/caller.js';
import { isSecure } from '../http/is-secure.js';
import { Route } from '../http/route.js';
import { clearSessionCookie, setSessionCookie } from '../http/session-cookie.js';
import type { Settings } from '../settings.js';
import { time } from './present/time.js';

/** Signing in and out, by login link. */
@Controller()
export class SessionController {
  private readonly secure: boolean;

  constructor(
    @Inject(SignIn) private readonly signIn: SignIn,
    @Inject(CreateLoginLink) private readonly createLoginLink: CreateLoginLink,
    @Inject(ManagePeople) private readonly people: ManagePeople,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {
    this.secure = isSecure(settings);
  }

  @Route(API.me)
  me(@Me() { person }: PersonCaller): MeDto {
    return presentMe(person);
  }

  @Route(API.signIn)
  async openSession(@Body({ schema: API.signIn.body }) { secret }: z.output<typeof API.signIn.body>, @Res({ passthrough: true }) reply: FastifyReply): Promise<MeDto> {
    const session = await this.signIn.session(secret);
    setSessionCookie(reply, session.secret, { secure: this.secure, expiresAt: session.expiresAt });
    return presentMe(session.who);
  }

  @Route(API.signOut)
  async closeSession(@Me() { credential }: PersonCaller, @Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    if (credential.kind === 'session') await this.people.revoke(credential);
    clearSessionCookie(reply, this.secure);
  }

  @Route(API.createToken)
  async createToken(@Body({ schema: API.createToken.body }) { secret, label, verifier }: z.output<typeof API.createToken.body>): Promise<z.output<typeof API.createToken.reply>> {
    const token = await this.signIn.token(secret, label, verifier);
    return { token: token.secret, person: token.person, expiresAt: time(token.expiresAt) };
  }

  @Route(API.revokeToken)
  async revokeToken(@Me() { credential }: PersonCaller): Promise<void> {
    await this.people.revoke(credential);
  }

  @Route(API.createLoginLink)
  async createLink(@Me() caller: PersonCaller, @Body({ schema: API.createLoginLink.body }) wanted: z.output<typeof API.createLoginLink.body>): Promise<z.output<typeof API.createLoginLink.reply>> {
    const link = await this.createLoginLink.run(caller, wanted.person);
    // in the fragment: it reaches no server, proxy or log before the page posts it
    return { url: `${this.settings.publicUrl}/login#${link.secret}`, person: link.person, expiresAt: time(link.expiresAt) };
  }
}

function presentMe({ name, displayName, groups, admin }: Person): MeDto {
  return { person: name, displayName, groups: [...groups], admin };
}
