import { z } from 'zod';
import { ApiError, route, type Route } from '../base/route.js';
import { type GitlabContext, MAINTAINER, notFound, roleOf, scopesOf, timeOf, userOf } from './gitlab-context.js';
import { listed, PAGING } from './listed.js';

const PATH = '/api/v4/projects/{id}';

export function projectRoutes(context: GitlabContext): readonly Route[] {
  return [...accountRoutes(context), ...ruleRoutes(context)];
}

function accountRoutes(context: GitlabContext): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/v4/user',
      docs: 'docs.gitlab.com/api/users/#get-the-current-user',
      handle: (call) => ({ status: 200, body: { ...userOf(context.account(call), context.world.url), bot: call.grant?.account.kind === 'bot', is_admin: false } }),
    }),
    route({
      method: 'GET',
      path: '/api/v4/personal_access_tokens/self',
      docs: 'docs.gitlab.com/api/personal_access_tokens/#get-details-on-a-personal-access-token',
      handle: ({ grant }) => {
        // only personal access tokens are asked about: docs.gitlab.com/api/oauth2/#retrieve-the-token-information has those of OAuth
        if (grant?.kind === 'oauth') throw new ApiError({ status: 400, body: { message: '400 Bad request - This endpoint requires token type to be a personal access token' } });
        if (!grant) throw new ApiError({ status: 401, body: { message: '401 Unauthorized' } });
        return { status: 200, body: { id: 1, name: grant.kind, revoked: false, active: true, scopes: scopesOf(grant), user_id: grant.account.id, created_at: timeOf(0), last_used_at: null, expires_at: grant.expiresAt === undefined ? null : timeOf(grant.expiresAt).slice(0, 10) } };
      },
    }),
    route({
      method: 'GET',
      path: PATH,
      docs: 'docs.gitlab.com/api/projects/#get-a-single-project',
      query: z.strictObject({ statistics: z.string().optional(), license: z.string().optional() }),
      handle: (call) => {
        const repository = context.project(call);
        const settings = context.projects.of(repository);
        const role = call.grant ? roleOf(call.grant) : 0;
        const { parts, path } = repository;
        return {
          status: 200,
          body: {
            id: parts.id,
            path_with_namespace: path,
            name: path.split('/').at(-1),
            default_branch: parts.defaultBranch,
            web_url: `${context.world.url}/${path}`,
            http_url_to_repo: `${context.world.url}/${path}.git`,
            archived: repository.settings.archived,
            merge_requests_enabled: true,
            merge_method: settings.mergeMethod,
            squash_option: settings.squashOption,
            remove_source_branch_after_merge: settings.removeSourceBranchAfterMerge,
            only_allow_merge_if_pipeline_succeeds: settings.onlyAllowMergeIfPipelineSucceeds,
            only_allow_merge_if_all_discussions_are_resolved: settings.onlyAllowMergeIfAllDiscussionsAreResolved,
            permissions: call.grant?.kind === 'invited' ? { project_access: null, group_access: null } : call.grant?.kind === 'group' ? { project_access: null, group_access: { access_level: role, notification_level: 3 } } : { project_access: { access_level: role, notification_level: 3 }, group_access: null },
          },
        };
      },
    }),
  ];
}

function ruleRoutes(context: GitlabContext): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: `${PATH}/members/all/{user}`,
      docs: 'docs.gitlab.com/api/project_members/#retrieve-a-member-of-a-project-including-inherited-and-invited-members',
      handle: (call) => {
        context.project(call);
        if (!call.grant || String(call.grant.account.id) !== call.params['user']) throw notFound('Member');
        return { status: 200, body: { ...userOf(call.grant.account, context.world.url), access_level: roleOf(call.grant), expires_at: null } };
      },
    }),
    route({
      method: 'GET',
      path: `${PATH}/protected_branches`,
      docs: 'docs.gitlab.com/api/protected_branches/#list-protected-branches',
      query: z.strictObject(PAGING),
      handle: (call) => {
        const branches = context.projects.of(context.project(call, MAINTAINER)).protectedBranches;
        const levels = (level: number): object[] => [{ id: level, access_level: level, access_level_description: String(level), user_id: null, group_id: null }];
        return listed(branches.map(({ name, push, merge, allowForcePush }, id) => ({ id, name, push_access_levels: levels(push), merge_access_levels: levels(merge), allow_force_push: allowForcePush })), call.url, call.query);
      },
    }),
    route({
      method: 'GET',
      path: `${PATH}/approval_rules`,
      docs: 'docs.gitlab.com/api/merge_request_approvals/#list-all-approval-rules-for-a-project',
      query: z.strictObject(PAGING),
      handle: (call) => {
        const rules = context.projects.of(context.project(call)).approvalRules;
        if (!rules) throw notFound();
        return listed(rules.map((rule, id) => ({ id, rule_type: 'regular', ...rule })), call.url, call.query);
      },
    }),
  ];
}
