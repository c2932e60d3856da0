#!/usr/bin/env bash
# Packs the package, installs it with its peers in an empty folder, and uses it there as an
# application would: by import, by require, without the optional peers, by its types, and in a test by
# Vitest (Jest is what the other tests run in).
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cd "$root"
tarball=$(npm pack --silent --ignore-scripts --pack-destination "$folder" | tail -n 1)
cd "$folder"
printf '{ "name": "consumer", "private": true, "type": "module" }\n' > package.json

# The versions that the lock file has, so that this check and the tests are about the same ones.
version() { node -p "require('$root/node_modules/$1/package.json').version"; }
packages=("./$tarball")
for peer in @nestjs/common @nestjs/core @nestjs/platform-express @nestjs/schedule @nestjs/typeorm \
  typeorm better-sqlite3 reflect-metadata rxjs typescript @types/node; do
  packages+=("$peer@$(version "$peer")")
done
npm install --no-audit --no-fund --silent --omit=optional "${packages[@]}"

cp "$root/test/package/consumer.ts" .
cat > tsconfig.json <<'JSON'
{
  "compilerOptions": {
    "target": "ES2022", "module": "NodeNext", "moduleResolution": "NodeNext", "strict": true,
    "types": ["node"], "experimentalDecorators": true, "emitDecoratorMetadata": true, "outDir": "dist"
  },
  "include": ["*.ts"]
}
JSON
npx tsc
node dist/consumer.js
node -e "
  const { WebhookModule } = require('nestjs-hookline');
  if (typeof WebhookModule.forRoot !== 'function') throw new Error('require() does not give the module');
  const { stripe } = require('nestjs-hookline/signatures');
  if (typeof stripe !== 'function') throw new Error('require() does not give the schemes');
  const { drain } = require('nestjs-hookline/testing');
  if (typeof drain !== 'function') throw new Error('require() does not give the testing kit');
"
npx --no-install nestjs-hookline list stripe | grep -q 'invoice.paid'

# The README's test of a handler, as it stands. Vitest 5 is for newer versions of Node.js than ours.
npm install --no-audit --no-fund --silent vitest@4.1.12 vite@8.3.8 \
  "@nestjs/testing@$(version @nestjs/testing)" "supertest@$(version supertest)"
cp "$root/test/testing/example.spec.ts" .
npx --no-install vitest run --globals
echo 'The packed package imports, requires, type-checks without skipLibCheck on its own, and runs; also in Vitest.'
