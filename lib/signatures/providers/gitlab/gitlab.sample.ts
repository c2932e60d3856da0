import { newSecret } from '../../samples/new-secret.js';
import type { Occasion } from '../../samples/occasion.js';
import type { ListedProvider } from '../../samples/provider.js';
import { gitlab as gitlabScheme } from './gitlab.js';

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
  page: {
    call: '`gitlab({ signingToken })` or `({ secret })`',
    signature: '`webhook-signature`, or `X-Gitlab-Token` ²',
    id: '`webhook-id`, or `Idempotency-Key` ¹',
    type: '`object_kind` and its action',
    document: 'Webhooks',
  },
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
} satisfies ListedProvider;
