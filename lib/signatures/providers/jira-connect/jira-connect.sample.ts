import { newSecret } from '../../samples/new-secret.js';
import type { ListedProvider } from '../../samples/provider.js';
import { jiraConnect as jiraConnectScheme } from './jira-connect.js';

export const jiraConnect = {
  // Without an account, the app's base URL is the origin of the URL that Jira posts to.
  create: ({ secret, url, account }) =>
    jiraConnectScheme({ secret, baseUrl: account === '' ? new URL(url).origin : account }),
  newSecret: newSecret.text64,
  page: {
    call: "`jiraConnect({ secret, baseUrl })` or `({ secret, app: 'oauth' })`",
    signature: '`Authorization` ²',
    id: '`X-Atlassian-Webhook-Identifier` ¹',
    type: '`webhookEvent`',
    document: 'Understanding JWT for Connect apps',
  },
  samples: {
    'jira:issue_updated': {
      payload: ({ ms }) => ({
        timestamp: ms,
        webhookEvent: 'jira:issue_updated',
        user: { accountId: '601', displayName: 'Jane Doe' },
        issue: { id: '501', key: 'SHOP-1', fields: { summary: 'Mug is out of stock' } },
      }),
    },
  },
} satisfies ListedProvider;
