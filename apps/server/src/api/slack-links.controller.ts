import { Body, Controller, Inject, Param, Query } from '@nestjs/common';
import { API } from '@sluice/contracts';
import type { SlackLinkDto } from '@sluice/contracts';
import { LinkSlackAccount, type SlackPerson } from '@sluice/usecases';
import type { z } from 'zod';
import { Me, type PersonCaller } from '../http/caller.js';
import { Route } from '../http/route.js';
import { time } from './present/time.js';

/** Whose accounts of Slack are: a person makes the code, the bot says where it was typed. */
@Controller()
export class SlackLinksController {
  constructor(@Inject(LinkSlackAccount) private readonly links: LinkSlackAccount) {}

  @Route(API.createSlackCode)
  async createCode(@Me() { person }: PersonCaller): Promise<z.output<typeof API.createSlackCode.reply>> {
    const { code, expiresAt } = await this.links.begin(person);
    return { code, expiresAt: time(expiresAt) };
  }

  @Route(API.finishSlackLink)
  async finish(@Body({ schema: API.finishSlackLink.body }) { teamId, userId, code }: z.output<typeof API.finishSlackLink.body>): Promise<SlackLinkDto> {
    return presentLink(await this.links.finish(teamId, userId, code));
  }

  @Route(API.slackLinks)
  async list(@Query({ schema: API.slackLinks.query }) { team }: z.output<typeof API.slackLinks.query>): Promise<z.output<typeof API.slackLinks.reply>> {
    return { items: (await this.links.list(team)).map(({ user, person }) => ({ teamId: team, userId: user, person })) };
  }

  @Route(API.slackLink)
  async find(@Param({ schema: API.slackLink.params }) who: z.output<typeof API.slackLink.params>): Promise<SlackLinkDto> {
    return presentLink(await this.links.find(who));
  }

  @Route(API.unlinkSlack)
  async unlink(
    @Me() { person }: PersonCaller,
    @Param({ schema: API.unlinkSlack.params }) who: z.output<typeof API.unlinkSlack.params>,
    @Query({ schema: API.unlinkSlack.query }) { because }: z.output<typeof API.unlinkSlack.query>,
  ): Promise<void> {
    await this.links.unlink(who, person.name, because);
  }
}

function presentLink({ account, person }: SlackPerson): SlackLinkDto {
  return { teamId: account.team, userId: account.user, person: person.name, displayName: person.displayName, linkedAt: time(account.linkedAt) };
}
