# env.sh — sourced: puts programs that deps.sh unpacked privately on the PATH.
# VAR is the project's var folder.
if [ -d "${VAR:-var}/debian/usr" ]; then
	_deb=$(cd "${VAR:-var}/debian" && pwd)
	case ":$PATH:" in *":$_deb/bin:"*) ;; *)
		PATH="$_deb/bin:$PATH"
		export PATH ;;
	esac
	ESPEAK_DATA_PATH=${ESPEAK_DATA_PATH:-$(find "$_deb/usr/lib" "$_deb/usr/share" -maxdepth 2 -type d -name espeak-ng-data 2>/dev/null | head -1)}
	[ -z "$ESPEAK_DATA_PATH" ] || export ESPEAK_DATA_PATH
	XDG_DATA_DIRS="$_deb/usr/share:${XDG_DATA_DIRS:-/usr/local/share:/usr/share}"
	export XDG_DATA_DIRS
fi
