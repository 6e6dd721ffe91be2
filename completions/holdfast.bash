# Completes the command line of holdfast in bash. Made by `npm run generate` from its tables and help texts.
# To use it: source this file, or copy it to /usr/share/bash-completion/completions/holdfast.

_holdfast() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
  local path='' words='' files='' word
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "${path:+$path }$word" in
      'check' | 'config' | 'config fmt' | 'config show' | 'config import-report' | 'lsp') path="${path:+$path }$word" ;;
    esac
  done
  case "$path" in
    '')
      words='check config lsp -f --use-file -i --config-id -e --all-config -n --dont-fork -P --vrrp -B --no_bfd --all -R --dont-respawn --ignore-sigint -l --log-console -D --log-detail -S --log-facility -G --no-syslog -g --log-file --flush-log-file -d --dump-conf -a --address-monitoring -V --dont-release-vrrp -X --release-vips -I --dont-release-ipvs -p --pid -r --vrrp_pid -u --umask -t --config-test --json --sarif --strict --signum -v --version -h --help'
      files='-f --use-file -g --log-file -p --pid -r --vrrp_pid'
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
    'lsp')
      words='--stdio -h --help'
      files=''
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
