import { Body, Controller, Inject, Param, Query } from '@nestjs/common';
import { API } from '@sluice/contracts';
import type { ApprovalListDto, RightDto, RoleDto } from '@sluice/contracts';
import { InvalidInput, present } from '@sluice/kernel';
import { formatPrincipal, parsePrincipal } from '@sluice/pipeline';
import { GiveRights, ManageRoles, ReadApprovals, type ListedApproval, type ServerBinding } from '@sluice/usecases';
import type { z } from 'zod';
import { Me, type PersonCaller } from '../http/caller.js';
import { Route } from '../http/route.js';
import { presentVerdict } from './present/promotion.js';
import { presentRight } from './present/right.js';
import { time } from './present/time.js';

type InRepository = z.output<typeof API.rights.params>;

/** Roles of the server, rights for a time, and whose approvals count. */
@Controller()
export class RightsController {
  constructor(
    @Inject(ManageRoles) private readonly manageRoles: ManageRoles,
    @Inject(GiveRights) private readonly giveRights: GiveRights,
    @Inject(ReadApprovals) private readonly readApprovals: ReadApprovals,
  ) {}

  @Route(API.roles)
  async roles(): Promise<z.output<typeof API.roles.reply>> {
    return { items: (await this.manageRoles.list()).map(presentRole) };
  }

  @Route(API.grantRole)
  async grant(@Me() { person }: PersonCaller, @Body({ schema: API.grantRole.body }) { who, ...given }: z.output<typeof API.grantRole.body>): Promise<RoleDto> {
    const principal = parsePrincipal(who);
    if (!principal) throw new InvalidInput(`${who} is none of person:<name>, group:<name> and *`);
    return presentRole(await this.manageRoles.grant({ ...given, who: principal, by: person.name }));
  }

  @Route(API.revokeRole)
  revoke(@Me() { person }: PersonCaller, @Param({ schema: API.revokeRole.params }) { binding }: z.output<typeof API.revokeRole.params>): Promise<void> {
    return this.manageRoles.revoke(binding, { by: person.name });
  }

  @Route(API.approvals)
  async approvals(@Param({ schema: API.approvals.params }) { repository }: InRepository, @Query({ schema: API.approvals.query }) place: z.output<typeof API.approvals.query>): Promise<ApprovalListDto> {
    const { promotion, verdict, items } = await this.readApprovals.run({ repository, ...place });
    return { ...(promotion && { promotion: promotion.id, digest: promotion.candidate.digest }), ...(verdict && { verdict: presentVerdict(verdict) }), items: items.map(presentApproval) };
  }

  @Route(API.rights)
  async rights(@Param({ schema: API.rights.params }) { repository }: InRepository): Promise<z.output<typeof API.rights.reply>> {
    return { items: (await this.giveRights.list(repository)).map(presentRight) };
  }

  @Route(API.delegate)
  async delegate(@Me() { person }: PersonCaller, @Param({ schema: API.delegate.params }) { repository }: InRepository, @Body({ schema: API.delegate.body }) body: z.output<typeof API.delegate.body>): Promise<RightDto> {
    const { to, environment, application, reason, forSeconds } = body;
    return presentRight(await this.giveRights.delegate({ repository, to, ...present({ environment, application }), reason, lasting: forSeconds * 1_000, by: person.name }));
  }

  @Route(API.breakGlass)
  async breakGlass(@Me() { person }: PersonCaller, @Param({ schema: API.breakGlass.params }) { repository }: InRepository, @Body({ schema: API.breakGlass.body }) body: z.output<typeof API.breakGlass.body>): Promise<RightDto> {
    const { environment, reason, forSeconds } = body;
    return presentRight(await this.giveRights.breakGlass({ repository, environment, reason, lasting: forSeconds * 1_000, by: person.name }));
  }

  @Route(API.endRight)
  async end(@Me() { person }: PersonCaller, @Param({ schema: API.endRight.params }) { repository, right }: z.output<typeof API.endRight.params>, @Body({ schema: API.endRight.body }) { reason }: z.output<typeof API.endRight.body>): Promise<RightDto> {
    return presentRight(await this.giveRights.end({ repository, id: right, by: person.name, reason }));
  }
}

function presentRole({ who, at, ...binding }: ServerBinding): RoleDto {
  return { ...binding, who: formatPrincipal(who), at: time(at) };
}

function presentApproval({ repository: _repository, at, voidedAt, ...approval }: ListedApproval): ApprovalListDto['items'][number] {
  return { ...approval, at: time(at), ...(voidedAt !== undefined && { voidedAt: time(voidedAt) }) };
}
