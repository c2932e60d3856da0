import { newSecret } from '../../samples/new-secret.js';
import type { Occasion } from '../../samples/occasion.js';
import type { ListedProvider } from '../../samples/provider.js';
import { github as githubScheme } from './github.js';

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
  page: {
    call: '`github({ secret, deduplicateByBody })`',
    signature: '`X-Hub-Signature-256`',
    id: '`X-GitHub-Delivery` ¹',
    type: '`X-GitHub-Event` ¹ and `action`',
    handshake: '`ping` is an event',
    document: 'Validating webhook deliveries',
  },
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
} satisfies ListedProvider;
