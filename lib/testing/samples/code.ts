import { bitbucket as bitbucketScheme } from '../../signatures/providers/bitbucket/bitbucket.js';
import { dockerHub as dockerHubScheme } from '../../signatures/providers/docker-hub/docker-hub.js';
import { gitea as giteaScheme } from '../../signatures/providers/gitea/gitea.js';
import { github as githubScheme } from '../../signatures/providers/github/github.js';
import { gitlab as gitlabScheme } from '../../signatures/providers/gitlab/gitlab.js';
import { vercel as vercelScheme } from '../../signatures/providers/vercel/vercel.js';
import { newSecret } from './new-secret.js';
import type { Occasion } from './occasion.js';
import type { Provider } from './provider.js';
import { withoutSignature } from './without-signature.js';

const githubHeaders =
  (name: string) =>
  ({ number }: Occasion): Record<string, string> => ({
    'user-agent': 'GitHub-Hookshot/hookline',
    'x-github-event': name,
    'x-github-hook-id': String(number),
  });

const githubRepository = {
  id: 1001,
  name: 'shop',
  full_name: 'acme/shop',
  private: true,
  owner: { login: 'acme', id: 501, type: 'Organization' },
  default_branch: 'main',
};

const githubSender = { login: 'jane', id: 601, type: 'User' };

export const github = {
  create: githubScheme,
  newSecret: newSecret.text,
  samples: {
    push: {
      headers: githubHeaders('push'),
      payload: ({ iso }) => ({
        ref: 'refs/heads/main',
        before: '1'.repeat(40),
        after: '2'.repeat(40),
        repository: githubRepository,
        pusher: { name: 'jane', email: 'jane@example.com' },
        sender: githubSender,
        commits: [
          {
            id: '2'.repeat(40),
            message: 'Fix the total of an order',
            timestamp: iso,
            author: { name: 'Jane', email: 'jane@example.com' },
            added: [],
            removed: [],
            modified: ['src/order.ts'],
          },
        ],
      }),
    },
    'issues.opened': {
      headers: githubHeaders('issues'),
      payload: ({ iso }) => ({
        action: 'opened',
        issue: {
          id: 2001,
          number: 7,
          title: 'The total is wrong',
          state: 'open',
          user: githubSender,
          created_at: iso,
        },
        repository: githubRepository,
        sender: githubSender,
      }),
    },
    'pull_request.closed': {
      headers: githubHeaders('pull_request'),
      payload: ({ iso }) => ({
        action: 'closed',
        number: 8,
        pull_request: {
          id: 3001,
          number: 8,
          title: 'Fix the total of an order',
          state: 'closed',
          merged: true,
          merged_at: iso,
          user: githubSender,
        },
        repository: githubRepository,
        sender: githubSender,
      }),
    },
  },
} satisfies Provider;

const gitlabProject = { id: 1001, name: 'Shop', path_with_namespace: 'acme/shop' };

const gitlabHeaders =
  (event: string) =>
  ({ id, uuid }: Occasion): Record<string, string> => ({
    'x-gitlab-event': event,
    'x-gitlab-event-uuid': uuid,
    'idempotency-key': id,
  });

export const gitlab = {
  create: gitlabScheme,
  newSecret: newSecret.text,
  samples: {
    push: {
      headers: gitlabHeaders('Push Hook'),
      payload: ({ iso }) => ({
        object_kind: 'push',
        event_name: 'push',
        ref: 'refs/heads/main',
        before: '1'.repeat(40),
        after: '2'.repeat(40),
        user_username: 'jane',
        project: gitlabProject,
        commits: [{ id: '2'.repeat(40), message: 'Fix the total of an order', timestamp: iso }],
        total_commits_count: 1,
      }),
    },
    'merge_request.merge': {
      headers: gitlabHeaders('Merge Request Hook'),
      payload: ({ iso }) => ({
        object_kind: 'merge_request',
        event_type: 'merge_request',
        user: { id: 601, username: 'jane' },
        project: gitlabProject,
        object_attributes: {
          id: 3001,
          iid: 8,
          title: 'Fix the total of an order',
          state: 'merged',
          action: 'merge',
          updated_at: iso,
        },
      }),
    },
  },
} satisfies Provider;

export const bitbucket = {
  create: bitbucketScheme,
  newSecret: newSecret.text,
  samples: {
    'repo:push': {
      headers: () => ({ 'x-event-key': 'repo:push', 'x-attempt-number': '1' }),
      payload: ({ iso }) => ({
        actor: { display_name: 'Jane Doe', nickname: 'jane' },
        repository: { full_name: 'acme/shop', is_private: true },
        push: {
          changes: [
            { new: { type: 'branch', name: 'main', target: { hash: '2'.repeat(40), date: iso } } },
          ],
        },
      }),
    },
  },
} satisfies Provider;

export const gitea = {
  create: giteaScheme,
  newSecret: newSecret.text,
  samples: {
    push: {
      headers: () => ({ 'x-forgejo-event': 'push' }),
      payload: ({ iso }) => ({
        ref: 'refs/heads/main',
        before: '1'.repeat(40),
        after: '2'.repeat(40),
        repository: { id: 1001, full_name: 'acme/shop' },
        pusher: { login: 'jane' },
        commits: [{ id: '2'.repeat(40), message: 'Fix the total of an order', timestamp: iso }],
      }),
    },
  },
} satisfies Provider;

export const vercel = {
  create: vercelScheme,
  newSecret: newSecret.text,
  samples: {
    'deployment.succeeded': {
      payload: ({ id, ms }) => ({
        id,
        type: 'deployment.succeeded',
        createdAt: ms,
        payload: {
          deployment: { id: 'dpl_hookline1', name: 'shop', url: 'shop.example.com' },
          project: { id: 'prj_hookline1' },
        },
      }),
    },
  },
} satisfies Provider;

export const dockerHub = {
  create: () => withoutSignature(dockerHubScheme({ unsigned: true })),
  newSecret: newSecret.none,
  samples: {
    push: {
      payload: ({ seconds }) => ({
        push_data: { pushed_at: seconds, pusher: 'acme', tag: 'latest' },
        repository: { repo_name: 'acme/shop', name: 'shop', namespace: 'acme' },
      }),
    },
  },
} satisfies Provider;
