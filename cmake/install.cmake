# Headers, libraries, command, man page; found again by pkg-config or by find_package(gradcheck).
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/gradcheck)

install(DIRECTORY include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
install(TARGETS gck_shared EXPORT gradcheckTargets)
# Apart, because only a static link needs the dependencies' own packages.
install(TARGETS gck_static EXPORT gradcheckStaticTargets)
foreach(export gradcheckTargets gradcheckStaticTargets)
    install(EXPORT ${export} NAMESPACE gradcheck:: DESTINATION ${package_dir})
endforeach()
if(GCK_BUILD_CLI)
    install(TARGETS gradcheck)
    install(FILES man/gradcheck.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
endif()

configure_package_config_file(cmake/gradcheckConfig.cmake.in generated/gradcheckConfig.cmake
    INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(generated/gradcheckConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/generated/gradcheckConfig.cmake
              ${PROJECT_BINARY_DIR}/generated/gradcheckConfigVersion.cmake DESTINATION ${package_dir})

# The prefix is told relative to the file, so that an installed tree can be moved.
file(RELATIVE_PATH GCK_PC_TO_PREFIX /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
configure_file(cmake/gradcheck.pc.in generated/gradcheck.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/generated/gradcheck.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
