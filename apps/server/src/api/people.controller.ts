import { Body, Controller, Inject, Param } from '@nestjs/common';
import { API } from '@sluice/contracts';
import type { PersonDto } from '@sluice/contracts';
import { ManagePeople, type Person } from '@sluice/usecases';
import type { z } from 'zod';
import { Route } from '../http/route.js';
import { time } from './present/time.js';

@Controller()
export class PeopleController {
  constructor(@Inject(ManagePeople) private readonly people: ManagePeople) {}

  @Route(API.people)
  async list(): Promise<z.output<typeof API.people.reply>> {
    return { items: (await this.people.list()).map(presentPerson) };
  }

  @Route(API.savePerson)
  async save(@Body({ schema: API.savePerson.body }) person: z.output<typeof API.savePerson.body>): Promise<PersonDto> {
    return presentPerson(await this.people.save(person));
  }

  @Route(API.createTokenFor)
  async createToken(
    @Param({ schema: API.createTokenFor.params }) { person }: z.output<typeof API.createTokenFor.params>,
    @Body({ schema: API.createTokenFor.body }) { label, ttlSeconds }: z.output<typeof API.createTokenFor.body>,
  ): Promise<z.output<typeof API.createTokenFor.reply>> {
    const token = await this.people.createToken(person, label, ttlSeconds * 1_000);
    return { token: token.secret, person: token.person, expiresAt: time(token.expiresAt) };
  }
}

function presentPerson(person: Person): PersonDto {
  return { ...person, emails: [...person.emails], groups: [...person.groups] };
}
