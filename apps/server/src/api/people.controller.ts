import { Body, Controller, Inject, Param, Query } from '@nestjs/common';
import { API } from '@sluice/contracts';
import type { PersonDto } from '@sluice/contracts';
import { DeactivatePerson, ManagePeople, type Person } from '@sluice/usecases';
import type { z } from 'zod';
import { Me, type PersonCaller } from '../http/caller.js';
import { Route } from '../http/route.js';
import { time } from './present/time.js';

type OfPerson = z.output<typeof API.deactivatePerson.params>;

@Controller()
export class PeopleController {
  constructor(
    @Inject(ManagePeople) private readonly people: ManagePeople,
    @Inject(DeactivatePerson) private readonly deactivation: DeactivatePerson,
  ) {}

  @Route(API.people)
  async list(): Promise<z.output<typeof API.people.reply>> {
    return { items: (await this.people.list()).map(presentPerson) };
  }

  @Route(API.savePerson)
  async save(@Body({ schema: API.savePerson.body }) { service, ...fields }: z.output<typeof API.savePerson.body>): Promise<PersonDto> {
    return presentPerson(await this.people.save({ ...fields, ...(service && { service: true as const }) }));
  }

  @Route(API.deactivatePerson)
  async deactivate(@Me() { person: { name: by } }: PersonCaller, @Param({ schema: API.deactivatePerson.params }) { person }: OfPerson, @Body({ schema: API.deactivatePerson.body }) { reason }: z.output<typeof API.deactivatePerson.body>): Promise<PersonDto> {
    return presentPerson(await this.deactivation.deactivate({ person, by, reason }));
  }

  @Route(API.reactivatePerson)
  async reactivate(@Me() { person: { name: by } }: PersonCaller, @Param({ schema: API.reactivatePerson.params }) { person }: OfPerson, @Query({ schema: API.reactivatePerson.query }) { reason }: z.output<typeof API.reactivatePerson.query>): Promise<PersonDto> {
    return presentPerson(await this.deactivation.reactivate({ person, by, reason }));
  }
}

/** What admins have said apart from what a provider says: whoever saves what was read makes nothing of the provider's theirs. */
function presentPerson({ name, displayName, emails, groups, admin, claimed, service, deactivated }: Person): PersonDto {
  return {
    name,
    displayName,
    emails: [...emails],
    groups: groups.filter((group) => !claimed?.groups.includes(group)),
    admin: admin && claimed?.admin !== true,
    service: service === true,
    ...(claimed && { claimed: { groups: [...claimed.groups], admin: claimed.admin } }),
    ...(deactivated && { deactivated: { ...deactivated, at: time(deactivated.at) } }),
  };
}
