import { Body, Controller, Inject } from '@nestjs/common';
import { API } from '@sluice/contracts';
import type { PersonDto } from '@sluice/contracts';
import { ManagePeople, type Person } from '@sluice/usecases';
import type { z } from 'zod';
import { Route } from '../http/route.js';

@Controller()
export class PeopleController {
  constructor(@Inject(ManagePeople) private readonly people: ManagePeople) {}

  @Route(API.people)
  async list(): Promise<z.output<typeof API.people.reply>> {
    return { items: (await this.people.list()).map(presentPerson) };
  }

  @Route(API.savePerson)
  async save(@Body({ schema: API.savePerson.body }) { service, ...fields }: z.output<typeof API.savePerson.body>): Promise<PersonDto> {
    return presentPerson(await this.people.save({ ...fields, ...(service && { service: true as const }) }));
  }
}

/** What admins have said apart from what a provider says: whoever saves what was read makes nothing of the provider's theirs. */
function presentPerson({ name, displayName, emails, groups, admin, claimed, service }: Person): PersonDto {
  return {
    name,
    displayName,
    emails: [...emails],
    groups: groups.filter((group) => !claimed?.groups.includes(group)),
    admin: admin && claimed?.admin !== true,
    service: service === true,
    ...(claimed && { claimed: { groups: [...claimed.groups], admin: claimed.admin } }),
  };
}
