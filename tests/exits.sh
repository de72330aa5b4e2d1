# usage: exits.sh STATUS COMMAND [ARGUMENT]...: passes when the command exits with that status
wanted=$1
shift
"$@"
status=$?
test "$status" -eq "$wanted" || { echo "exit status $status; expected $wanted"; exit 1; }
