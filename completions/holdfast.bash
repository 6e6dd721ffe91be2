# Completes the command line of holdfast in bash. Made by `npm run generate` from its tables and help texts.
# To use it: source this file, or copy it to /usr/share/bash-completion/completions/holdfast.

_holdfast() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
  local path='' words='' files='' word
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "${path:+$path }$word" in
      'check' | 'config' | 'config fmt' | 'config show' | 'config import-report' | 'explain' | 'genhash' | 'health' | 'server' | 'server drain' | 'server down' | 'server up' | 'server auto' | 'status' | 'lsp' | 'record' | 'replay' | 'simulate') path="${path:+$path }$word" ;;
    esac
  done
  case "$path" in
    '')
      words='check config explain genhash health server status lsp record replay simulate -f --use-file -i --config-id -e --all-config -n --dont-fork -P --vrrp -C --check -B --no_bfd --all -R --dont-respawn --ignore-sigint -l --log-console -D --log-detail -S --log-facility -G --no-syslog -g --log-file --flush-log-file -d --dump-conf -a --address-monitoring -V --dont-release-vrrp -X --release-vips -I --dont-release-ipvs -p --pid -r --vrrp_pid -c --checkers_pid -b --bfd_pid -u --umask -t --config-test --json --sarif --strict --signum -T --genhash -v --version -h --help'
      files='-f --use-file -g --log-file -p --pid -r --vrrp_pid -c --checkers_pid -b --bfd_pid'
      ;;
    'check')
      words='--id --strict --json --sarif -h --help'
      files=''
      ;;
    'config')
      words='-h --help fmt show import-report'
      files=''
      ;;
    'config fmt')
      words='--check --write -h --help'
      files=''
      ;;
    'config show')
      words='--json --brief -i --config-id -h --help'
      files=''
      ;;
    'config import-report')
      words='--json -h --help'
      files=''
      ;;
    'explain')
      words='--instance --at --json -h --help'
      files=''
      ;;
    'genhash')
      words='-s --server -p --port -u --url -S --use-ssl -V --use-virtualhost -I --use-sni -P --protocol -m --fwmark -t --timeout -v --verbose -h --help'
      files=''
      ;;
    'health')
      words='--instance --socket --json -w --watch -h --help'
      files='--socket'
      ;;
    'server')
      words='--instance --socket -h --help drain down up auto'
      files='--socket'
      ;;
    'server drain')
      words='-h --help'
      files=''
      ;;
    'server down')
      words='-h --help'
      files=''
      ;;
    'server up')
      words='-h --help'
      files=''
      ;;
    'server auto')
      words='-h --help'
      files=''
      ;;
    'status')
      words='--instance --socket --json -w --watch -h --help'
      files='--socket'
      ;;
    'lsp')
      words='--stdio -h --help'
      files=''
      ;;
    'record')
      words='--instance --socket -h --help'
      files='--socket'
      ;;
    'replay')
      words='--from --to --all --quiet --json -h --help'
      files=''
      ;;
    'simulate')
      words='-s --scenario --do --every-single-fault --every-pair-of-faults --expect --id --seed --events --html --record --json -h --help'
      files='-s --scenario --html'
      ;;
  esac
  COMPREPLY=()
  if [[ " $files " != *" $previous "* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
  fi
  if [[ $current != -* && ( -n $path || " $files " == *" $previous "* ) ]]; then
    local names
    mapfile -t names < <(compgen -f -- "$current")
    COMPREPLY+=("${names[@]}")
  fi
}

complete -o filenames -F _holdfast holdfast
