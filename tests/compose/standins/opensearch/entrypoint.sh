#!/bin/bash
# As the official image documents it: settings by environment, first password by the demo installer.
set -euo pipefail
bash plugins/opensearch-security/tools/install_demo_configuration.sh -y -i -s
settings=()
while IFS='=' read -r name value; do
  if [[ $name =~ ^[a-z0-9_]+\.[a-z0-9_]+ && -n $value ]]; then settings+=("-E$name=$value"); fi
done < <(env)
exec "$@" "${settings[@]}"
